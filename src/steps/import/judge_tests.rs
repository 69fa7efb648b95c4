//! What becomes of rows: nobody twice, nobody back who is not to be written to, nothing over what the owner typed.

use proptest::prelude::*;

use super::*;
use crate::model::import::Learnt;

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().expect("an instant")
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn row(line: u64, name: &str, addresses: &[&str], employer: &str, title: &str) -> Row {
    let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let addresses = addresses.iter().map(|text| address(text)).collect();
    Row { line, name: name.to_owned(), addresses, employer: said(employer), title: said(title), ..Row::default() }
}

/// A contact that the owner typed.
fn typed(id: i64, name: &str, addresses: &[&str], employer: &str, title: &str) -> Person {
    let row = row(0, name, addresses, employer, title);
    let contact = Contact { id: ContactId(id), name: row.name.clone(), addresses: row.addresses.clone(), ..contact(&row, now()) };
    let contact = Contact { employer: row.employer.clone(), family: row.employer, title: row.title, ..contact };
    Person { contact, line: 0, learnt: BTreeMap::new(), learns: BTreeMap::new(), said: BTreeSet::new(), stopped: None, changed: false }
}

#[derive(Default)]
struct Trial {
    people: Vec<Person>,
    choice: Choice,
    suppressed: Vec<(&'static str, &'static str)>,
}

impl Trial {
    fn judge(&mut self, rows: Vec<Row>) -> Vec<Judged> {
        let suppressed = self.suppressed.iter().map(|(text, why)| (person_key(&address(text)), (*why).to_owned())).collect();
        let of = |person: &Person| person.contact.addresses.iter().map(|own| (person_key(own), person.contact.id)).collect::<Vec<_>>();
        let owners = self.people.iter().flat_map(of).collect();
        let rules = Rules {
            directory: &Directory::default(),
            choice: &self.choice,
            suppressed: &suppressed,
            owners: &owners,
            me: &[address("leah@mail.example")],
            never: &["myhospital.example".to_owned()],
            now: now(),
        };
        judge(rows, &mut self.people, &rules)
    }

    /// What is written becomes what is known, as the next import finds it.
    fn written(&mut self) {
        for (at, person) in self.people.iter_mut().enumerate() {
            person.contact.id = ContactId(i64::try_from(at).expect("few") + 1);
            let learns = std::mem::take(&mut person.learns);
            person.learnt.extend(learns);
            person.said.clear();
            person.changed = false;
        }
    }
}

fn verdicts(judged: &[Judged]) -> Vec<Verdict> {
    judged.iter().map(|row| row.verdict).collect()
}

#[test]
fn whoever_has_the_address_is_known_and_learns_only_what_the_owner_did_not_say() {
    let mut trial = Trial { people: vec![typed(3, "Jane Doe", &["jane@plan.example"], "Aetna", "")], ..Trial::default() };
    let found = trial.judge(vec![row(2, "Doe, Jane MD", &["Jane+x@plan.example", "jane@new.example"], "Humana", "Medical Director")]);
    assert_eq!((found[0].verdict, found[0].contact), (Verdict::Known, Some(ContactId(3))));
    let news: Vec<(&str, &str)> = found[0].learnt.iter().map(|news: &Learnt| (news.field, news.to.as_str())).collect();
    assert_eq!(news, [("title", "Medical Director"), ("address", "jane@new.example")]);
    assert_eq!(found[0].row.remarks, ["you say “Aetna”, the file “Humana”"]);
    let jane = &trial.people[0].contact;
    assert_eq!((jane.name.as_str(), jane.employer.as_deref(), jane.addresses.len()), ("Jane Doe", Some("Aetna"), 2));
}

#[test]
fn the_next_import_changes_what_the_last_one_wrote_and_nothing_that_was_typed_since() {
    let mut trial = Trial::default();
    let first = trial.judge(vec![
        row(2, "Jane Doe", &["jane@plan.example"], "Aetna", "Hospitalist"),
        row(3, "Tom Wexler", &["tom@plan.example"], "Aetna", "Hospitalist"),
    ]);
    assert_eq!(verdicts(&first), [Verdict::New, Verdict::New]);
    trial.written();
    trial.people[1].contact.title = Some("Chief of everything".to_owned());
    trial.people[1].contact.employer = None;
    let moved = |line, name, mail| row(line, name, &[mail], "Humana", "Medical Director");
    let second = trial
        .judge(vec![moved(2, "Jane Doe", "jane@plan.example"), row(3, "Tom Wexler", &["tom@plan.example"], "Aetna", "Medical Director")]);
    assert_eq!(second[0].learnt.len(), 2, "both were the import's own words: {:?}", second[0].learnt);
    assert_eq!(trial.people[0].contact.family.as_deref(), Some("Humana"), "caps follow the new employer");
    assert!(second[1].learnt.is_empty(), "what was typed or taken out stays: {:?}", second[1].learnt);
    trial.written();
    let third = trial.judge(vec![moved(2, "Jane Doe", "jane@plan.example")]);
    assert!(third[0].learnt.is_empty() && !trial.people[0].changed, "the same file again changes nothing");
}

/// Holds P2, P17.
#[test]
fn p17_nobody_who_is_never_to_be_written_to_comes_back_by_a_file() {
    let suppressed = vec![("tom@plan.example", "opted_out"), ("ana@plan.example", "forgotten")];
    let mut trial = Trial { suppressed, ..Trial::default() };
    let found = trial.judge(vec![
        row(2, "Tom Wexler", &["tom.new@plan.example", "Tom+x@plan.example"], "Aetna", ""),
        row(3, "Ana Núñez", &["ana@plan.example"], "Aetna", ""),
        row(4, "Leah", &["leah@mail.example"], "", ""),
        row(5, "A Colleague", &["c@mail.myhospital.example"], "Aetna", ""),
    ]);
    assert_eq!(verdicts(&found), [Verdict::Refused, Verdict::Refused, Verdict::Refused, Verdict::LeftOut]);
    assert!(found[0].because.contains("asked not to be written to") && found[1].because.contains("add --again"));
    assert!(trial.people.is_empty());
}

#[test]
fn of_a_long_file_only_people_of_the_trade_come_in_unless_all_are_wanted() {
    let rows = || {
        let mut rows = vec![
            row(2, "Jane Doe", &[], "eviCore healthcare", "Engineer"),
            row(3, "Tom Wexler", &[], "Somewhere", "Physician Advisor"),
            row(4, "Ana Núñez", &["ana@humana.com"], "", ""),
            row(5, "A Nurse", &[], "Mayo Clinic", "Registered Nurse"),
        ];
        rows.extend((6..40).map(|line| row(line, &format!("Friend Number{line}"), &[], "Bakery", "Baker")));
        rows
    };
    let count = |trial: &mut Trial| trial.judge(rows()).iter().filter(|row| row.verdict == Verdict::New).count();
    assert_eq!(count(&mut Trial::default()), 3);
    assert_eq!(count(&mut Trial { choice: Choice { all: Some(true), ..Choice::default() }, ..Trial::default() }), 38);
    let short = Trial::default().judge(rows().split_off(30));
    assert!(short.iter().all(|row| row.verdict == Verdict::New), "a short file is of chosen people");
}

#[test]
fn a_name_alone_proves_little_and_the_owner_settles_it() {
    let people = || vec![typed(3, "Jane Doe", &["jane@plan.example"], "Aetna", "")];
    let same_employer =
        Trial { people: people(), ..Trial::default() }.judge(vec![row(2, "Dr. Jane A. Doe, MD", &[], "Aetna, a CVS Health Company", "")]);
    assert_eq!(verdicts(&same_employer), [Verdict::Known]);
    for doubtful in [
        row(2, "Jane Doe", &[], "Humana", ""),
        row(2, "Jane Doe", &["jd@aetna.com"], "Aetna", ""),
        row(2, "jane doe", &["jd@x.example"], "", ""),
    ] {
        let mut trial = Trial { people: people(), ..Trial::default() };
        let found = trial.judge(vec![doubtful.clone()]);
        assert_eq!((found[0].verdict, found[0].because.as_str()), (Verdict::Doubtful, "is it Jane Doe of Aetna (contact 3)?"));
        assert!(trial.people.iter().all(|person| !person.changed), "a doubt writes nothing");
        let settled = |choice| Trial { people: people(), choice, ..Trial::default() }.judge(vec![doubtful.clone()])[0].verdict;
        assert_eq!(settled(Choice { same: [2].into(), ..Choice::default() }), Verdict::Known);
        assert_eq!(settled(Choice { new: [2].into(), ..Choice::default() }), Verdict::New);
    }
}

#[test]
fn a_page_on_linkedin_tells_two_of_one_name_apart_and_finds_who_moved() {
    let with_page = |line, page: &str, employer| Row {
        profile: Some(format!("https://www.linkedin.com/in/{page}")),
        ..row(line, "Jane Doe", &[], employer, "")
    };
    let mut trial = Trial::default();
    let first = trial.judge(vec![with_page(2, "jane-1", "Aetna"), with_page(3, "jane-2", "Humana")]);
    assert_eq!(verdicts(&first), [Verdict::New, Verdict::New]);
    trial.written();
    let moved = trial.judge(vec![with_page(2, "jane-1", "Cigna")]);
    assert_eq!((moved[0].verdict, moved[0].contact), (Verdict::Known, Some(ContactId(1))));
    assert_eq!(trial.people[0].contact.employer.as_deref(), Some("Cigna Healthcare"));
}

#[test]
fn one_person_on_two_lines_is_one_contact_and_one_address_of_two_contacts_is_a_doubt() {
    let mut trial = Trial::default();
    let twice = trial.judge(vec![
        row(2, "Jane Doe", &["jane@plan.example"], "", ""),
        row(3, "J. Doe", &["JANE@plan.example", "j@home.example"], "Aetna", ""),
    ]);
    assert_eq!(verdicts(&twice), [Verdict::New, Verdict::Known]);
    assert_eq!((trial.people.len(), twice[1].because.as_str()), (1, "the same person as on line 2"));
    assert_eq!(trial.people[0].contact.addresses.len(), 2);
    let spouse = Trial { people: vec![typed(1, "Jane Doe", &["home@plan.example"], "", "")], ..Trial::default() }.judge(vec![row(
        2,
        "Robert Roe",
        &["home@plan.example"],
        "",
        "",
    )]);
    assert_eq!(spouse[0].because, "home@plan.example is the address of Jane Doe (contact 1)", "an address may be shared");
    let people = vec![typed(1, "Jane Doe", &["jane@plan.example"], "", ""), typed(2, "Janet Roe", &["janet@plan.example"], "", "")];
    let both = Trial { people, ..Trial::default() }.judge(vec![row(2, "Jane", &["jane@plan.example", "janet@plan.example"], "", "")]);
    assert_eq!(verdicts(&both), [Verdict::Doubtful]);
}

#[test]
fn a_desk_is_nobody_and_a_stopped_contact_stays_stopped() {
    let mut trial = Trial {
        people: vec![Person { stopped: Some("stopped: declined".to_owned()), ..typed(1, "Jane Doe", &["jane@plan.example"], "", "") }],
        ..Trial::default()
    };
    let found =
        trial.judge(vec![row(2, "info@aetna.com", &["info@aetna.com"], "", ""), row(3, "Jane Doe", &["jane@plan.example"], "", "")]);
    assert_eq!(verdicts(&found), [Verdict::LeftOut, Verdict::Known]);
    assert_eq!(found[1].row.remarks, ["stopped: declined"]);
}

proptest! {
    /// Whatever the rows: each gets one verdict in its order, no address ends with two people, and a second reading of the
    /// same file brings nobody new.
    #[test]
    fn no_row_is_dropped_and_nobody_comes_in_twice(
        rows in proptest::collection::vec((0_usize..6, 0_usize..8, 0_usize..4), 1..60),
    ) {
        let names = ["Jane Doe", "Tom Wexler", "Ana Núñez", "Wei Chen", "Omar Haddad", ""];
        let mails: [&[&str]; 8] = [&[], &["a@x.example"], &["b@x.example"], &["a@x.example", "c@x.example"], &["d@humana.com"], &["A+t@x.example"], &["info@x.example"], &["c@x.example", "e@x.example"]];
        let employers = ["", "Aetna", "Humana", "Bakery"];
        let rows: Vec<Row> = rows.iter().enumerate().map(|(at, (name, mail, employer))| row(at as u64 + 2, names[*name], mails[*mail], employers[*employer], "")).collect();
        let mut trial = Trial { choice: Choice { all: Some(true), ..Choice::default() }, ..Trial::default() };
        let first = trial.judge(rows.clone());
        prop_assert_eq!(first.iter().map(|row| row.row.line).collect::<Vec<_>>(), rows.iter().map(|row| row.line).collect::<Vec<_>>());
        let mut owners: HashMap<String, usize> = HashMap::new();
        for (at, person) in trial.people.iter().enumerate() {
            for address in &person.contact.addresses {
                prop_assert_eq!(owners.insert(person_key(address), at), None);
            }
        }
        trial.written();
        let again = trial.judge(rows);
        prop_assert!(again.iter().all(|row| row.verdict != Verdict::New), "{:?}", again.iter().find(|row| row.verdict == Verdict::New));
    }
}
