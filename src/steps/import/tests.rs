//! What is read of real exports, and of files that mean harm.

use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

const LINKEDIN: &str = "\u{feff}Notes:\r\n\"When exporting your connection data, you may notice that some of the email addresses are missing.\"\r\n\r\n\
First Name,Last Name,URL,Email Address,Company,Position,Connected On\r\n\
Jane,\"Doe, MD\",https://www.linkedin.com/in/jane-doe,jane@plan.example,eviCore healthcare,\"Medical Director, Radiology\",05 Mar 2024\r\n\
Tom,Wexler,https://www.linkedin.com/in/tw/,,\"Aetna, a CVS Health Company\",Recruiter,17 Dec 2019\r\n\
,,,,,,01 Jan 2020\r\n";

fn sheet(source: Source, text: &str) -> Sheet {
    read(source, text.as_bytes(), &[]).expect("a list of people")
}

fn csv(text: &str) -> Vec<Row> {
    sheet(Source::Csv, text).rows
}

fn vcard(text: &str) -> Vec<Row> {
    sheet(Source::VCard, text).rows
}

fn addresses(row: &Row) -> Vec<&str> {
    row.addresses.iter().map(Address::as_str).collect()
}

#[test]
fn linkedins_own_export_is_read_with_its_notes_its_missing_addresses_and_its_days() {
    let found = sheet(Source::LinkedIn, LINKEDIN);
    let lines: Vec<u64> = found.rows.iter().map(|row| row.line).collect();
    assert_eq!((found.letters, lines), ("UTF-8", vec![5, 6, 7]));
    let jane = &found.rows[0];
    assert_eq!((jane.name.as_str(), addresses(jane)), ("Jane Doe, MD", vec!["jane@plan.example"]));
    assert_eq!(jane.title.as_deref(), Some("Medical Director, Radiology"));
    assert_eq!(jane.met.as_deref(), Some("we connected on LinkedIn in March 2024"));
    assert_eq!(found.rows[1].profile.as_deref(), Some("https://www.linkedin.com/in/tw"));
    assert!(found.rows[1].addresses.is_empty() && found.rows[1].remarks.is_empty(), "a missing address is nothing to say");
    assert_eq!(found.rows[2].name, "");
    assert!(found.unused.is_empty());
}

#[test]
fn a_cadence_or_a_zone_that_is_none_is_said_of_its_row_and_nothing_is_guessed() {
    let rows = csv(
        "Name,Email,Every,Zone\nAna,a@x.example,8w,America/Chicago\nBo,b@x.example,0s,\nCy,c@x.example,often,\nDi,d@x.example,,Mars/North\n",
    );
    let faults: Vec<(u64, Option<&str>)> = rows.iter().map(|row| (row.line, row.fault.as_deref())).collect();
    assert_eq!(
        faults,
        [
            (2, None),
            (3, Some("“0s” is no cadence: a cadence is at least a day; write it like 8w")),
            (4, Some("“often” is no cadence; write it like 8w")),
            (5, Some("“Mars/North” is no time zone; write one like America/Chicago")),
        ]
    );
    assert_eq!(rows[0].zone.as_deref(), Some("America/Chicago"));
}

#[test]
fn googles_and_outlooks_columns_are_known_and_the_others_are_named() {
    let google = sheet(
        Source::Csv,
        "First Name,Last Name,Birthday,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Value,Organization Name,Organization Title,Notes\n\
         Ana,Núñez,1970-01-01,* Work,ana@humana.com ::: ana2@humana.com,ana@home.example,Humana,Physician Advisor,\"met at\nthe fair\"\n",
    );
    let ana = &google.rows[0];
    assert_eq!((ana.name.as_str(), addresses(ana)), ("Ana Núñez", vec!["ana@humana.com", "ana2@humana.com", "ana@home.example"]));
    assert_eq!((ana.employer.as_deref(), ana.note.as_deref()), (Some("Humana"), Some("met at the fair")));
    assert_eq!(google.unused, ["Birthday", "E-mail 1 - Label"]);
    let outlook = csv(
        "First Name,Middle Name,Last Name,Company,Job Title,E-mail Address,E-mail 2 Address\nTom,J.,Wexler,Aetna,Director,t@aetna.com,\n",
    );
    assert_eq!((outlook[0].name.as_str(), addresses(&outlook[0])), ("Tom J. Wexler", vec!["t@aetna.com"]));
}

#[test]
fn a_table_of_ones_own_is_read_by_its_head_or_as_the_owner_says() {
    let text = "Wer;Wo man schreibt\nJane Doe;jane@plan.example\n";
    assert!(
        matches!(read(Source::Csv, text.as_bytes(), &[]), Err(Unreadable::NoNames { columns }) if columns == ["Wer", "Wo man schreibt"])
    );
    let map = [(Field::Name, "wer".to_owned()), (Field::Address, "#2".to_owned())];
    let found = read(Source::Csv, text.as_bytes(), &map).expect("mapped");
    assert_eq!((found.rows[0].name.as_str(), addresses(&found.rows[0])), ("Jane Doe", vec!["jane@plan.example"]));
    let wrong = [(Field::Name, "Nobody".to_owned())];
    assert!(matches!(read(Source::Csv, b"Name,Mail\nJane,j@x.example\n", &wrong), Err(Unreadable::NoColumn { .. })));
    let headless = read(
        Source::Csv,
        b"Jane Doe,jane@plan.example\nTom,t@x.example\n",
        &[(Field::Name, "#1".to_owned()), (Field::Address, "#2".to_owned())],
    );
    assert_eq!(headless.expect("numbers are enough").rows.len(), 2);
}

#[test]
fn utf_16_and_windows_1252_are_letters_too() {
    let text = "Name;E-Mail\r\nJörg Müller;joerg@x.example\r\n";
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked: Vec<u8> = [0xfe, 0xff].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect();
    let windows: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).expect("western")).collect();
    for (bytes, letters) in [(utf_16, "UTF-16LE"), (marked, "UTF-16BE"), (windows, "windows-1252"), (text.as_bytes().to_vec(), "UTF-8")] {
        let found = read(Source::Csv, &bytes, &[]).expect("letters");
        assert_eq!((found.letters, found.rows[0].name.as_str()), (letters, "Jörg Müller"));
    }
}

#[test]
fn vcards_of_every_age_are_read_with_the_preferred_address_first() {
    let found = vcard(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Jane Doe\\, MD\r\nORG:eviCore healthcare;Radiology\r\nTITLE:Medical Director\r\n\
         EMAIL;TYPE=HOME:jane@home.example\r\nitem1.EMAIL;TYPE=INTERNET;TYPE=WORK;TYPE=pref:jane@evi\r\n core.com\r\nNOTE:met at\\nthe fair\r\n\
         PHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n BBBB\r\nEND:VCARD\r\n\
         BEGIN:VCARD\nVERSION:4.0\nFN:Tom Wexler\nEMAIL;PREF=2:a@b.example\nEMAIL;PREF=1:mailto:c@d.example\nURL:https://www.linkedin.com/in/tw/\nEND:VCARD\n\
         begin:vcard\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:N=C3=BA=C3=B1ez;Ana;;;\nEMAIL;PREF;INTERNET:ana@x.example\nend:vcard\n\
         BEGIN:VCARD\nVERSION:4.0\nKIND:group\nFN:The Team\nEND:VCARD\nBEGIN:VCARD\nFN:Cut Off\nEMAIL:cut@x.example\n",
    );
    let names: Vec<&str> = found.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Jane Doe, MD", "Tom Wexler", "Ana Núñez", "", "Cut Off"]);
    let lines: Vec<u64> = found.iter().map(|row| row.line).collect();
    assert_eq!(lines, [1, 13, 20, 25, 30]);
    assert_eq!(addresses(&found[0]), ["jane@evicore.com", "jane@home.example"]);
    assert_eq!((found[0].employer.as_deref(), found[0].note.as_deref()), (Some("eviCore healthcare"), Some("met at the fair")));
    assert_eq!(
        (addresses(&found[1]), found[1].profile.as_deref()),
        (vec!["c@d.example", "a@b.example"], Some("https://www.linkedin.com/in/tw"))
    );
    assert!(found[3].fault.as_deref().is_some_and(|why| why.contains("group")));
    assert!(found[4].remarks.iter().any(|remark| remark.contains("no end")));
}

#[test]
fn a_row_that_makes_no_sense_says_so_with_its_line_and_the_rows_around_it_are_read() {
    let found = csv(
        "Name,E-Mail,Company\nJane Doe,jane@x.example,Aetna\n\n\"Open quote,o@x.example,Aetna\nTom Wexler,tom@x.example,Aetna\n\
         Ana,Núñez,ana@x.example,too many\n=cmd|'/c calc'!A0,e@x.example,x\nNo Mail,not an address,x\n\"Two\nLines\",t@x.example,x\nLast One,l@x.example,x\n",
    );
    let faults: Vec<(u64, bool)> = found.iter().map(|row| (row.line, row.fault.is_some())).collect();
    assert_eq!(faults, [(2, false), (4, true), (5, false), (6, true), (7, true), (8, false), (9, false), (11, false)]);
    assert_eq!(found[6].name, "Two Lines");
    assert_eq!(found[5].remarks, ["“not an address” is not an e-mail address; it should look like jane@example.com"]);
    let note = csv("Name,Note,E-Mail\nJane,\"call Tom, or Ana,\nand mail tom@x.example, he said, soon\",jane@x.example\n");
    assert_eq!((note.len(), note[0].fault.is_some()), (1, false), "a long note is no fault");
    let swallowed = csv("Name,E-Mail\n\"Open,a@x.example\nTom,t@x.example\nAna,a@y.example\n");
    assert_eq!(swallowed.len(), 3, "an open quotation mark swallows nobody: {swallowed:?}");
}

#[test]
fn another_sort_of_file_is_named() {
    let refused = |source, bytes: &[u8]| read(source, bytes, &[]).expect_err("no list of people").to_string();
    assert!(refused(Source::LinkedIn, b"PK\x03\x04...").contains("unpack"));
    assert!(refused(Source::Csv, b"BEGIN:VCARD\nEND:VCARD\n").contains("import vcard"));
    assert!(refused(Source::VCard, b"Name,Mail\n").contains("no vCard"));
    assert!(refused(Source::Csv, b"").contains("empty"));
}

/// A cell of ten megabytes, controls and escapes cost bounded time, and what is kept is short and clean.
#[test]
fn hostile_cells_are_cut_and_cleaned() {
    let long = "x".repeat(10_000_000);
    let found = csv(&format!("Name,E-Mail,Note\nJane Doe,jane@x.example,{long}\nTom\u{1b}[31m\0 Wexler\u{202e},tom@x.example,n\n"));
    assert!(found[0].note.as_ref().is_some_and(|note| note.chars().count() == MOST_TEXT));
    assert!(found[0].remarks.iter().any(|remark| remark.contains("cut")));
    assert_eq!(found[1].name, "Tom [31m Wexler");
    let named = csv(&format!("Name,E-Mail\n{long},{long}\n"));
    assert!(named[0].name.len() <= MOST_TEXT);
    let many: String = (0..1_000).fold(String::new(), |mut text, number| {
        let _ = write!(text, "a{number}@x.example;");
        text
    });
    assert_eq!(csv(&format!("Name,E-Mail\nJane,{many}\n"))[0].addresses.len(), MOST_ADDRESSES);
    let open = "\"\"\"\n".repeat(200_000);
    assert!(!csv(&format!("Name,E-Mail\n{open}")).is_empty());
    assert_eq!(vcard(&"BEGIN:VCARD\n".repeat(100_000)).len(), 100_000);
}

proptest! {
    /// Every sound row of a table comes back as it went in, on its own line.
    #[test]
    fn no_row_of_a_table_is_lost(names in proptest::collection::vec("[A-Za-z][A-Za-z ,\";'-]{0,20}[a-z]", 1..40)) {
        let mut writer = ::csv::Writer::from_writer(Vec::new());
        writer.write_record(["Name", "E-Mail"]).expect("memory");
        for (number, name) in names.iter().enumerate() {
            writer.write_record([name.clone(), format!("p{number}@x.example")]).expect("memory");
        }
        let bytes = writer.into_inner().expect("memory");
        let found = read(Source::Csv, &bytes, &[]).expect("a table").rows;
        prop_assert_eq!(found.len(), names.len());
        for (number, (row, name)) in found.iter().zip(&names).enumerate() {
            prop_assert_eq!(row.line, number as u64 + 2);
            prop_assert_eq!(&row.name, &clean_name(name));
            prop_assert_eq!(addresses(row), vec![format!("p{number}@x.example")]);
        }
    }

    /// Whatever the bytes, every row has a line of the file, is clean, and names somebody or says why not.
    #[test]
    fn any_bytes_are_rows_or_a_reason(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let text = [b"Name,E-Mail\n".as_slice(), &bytes].concat();
        let card = [b"BEGIN:VCARD\n".as_slice(), &bytes].concat();
        for (source, bytes) in [(Source::Csv, text), (Source::LinkedIn, bytes.clone()), (Source::VCard, card)] {
            if let Ok(sheet) = read(source, &bytes, &[]) {
                prop_assert!(sheet.rows.iter().all(|row| row.name == clean_name(&row.name) && row.line > 0));
                prop_assert!(sheet.rows.windows(2).all(|two| two[0].line <= two[1].line));
            }
        }
    }
}
