//! Invented digests to look at: a full week, and one in which nothing happened.

use jiff::civil::date;

use crate::model::digest::{Ahead, Came, Digest, Held, Number, Owed, Quiet, Waiting};

/// A busy week of an invented network.
#[must_use]
pub fn sample() -> Digest {
    Digest {
        owner: s("Sam"),
        from: date(2026, 11, 16),
        to: date(2026, 11, 23),
        trouble: Vec::new(),
        waiting: waiting(),
        owed: owed(),
        came: came(),
        ahead: ahead(),
        held: held(),
        quiet: quiet(),
        numbers: numbers(),
    }
}

/// A week in which nothing needs the owner.
#[must_use]
pub fn sample_quiet_week() -> Digest {
    Digest { waiting: Vec::new(), owed: Vec::new(), came: Vec::new(), quiet: Vec::new(), ..sample() }
}

fn s(text: &str) -> String {
    text.to_owned()
}

fn waiting() -> Vec<Waiting> {
    vec![
        Waiting {
            id: s("41"),
            name: s("Priya Raman"),
            employer: s("Lakeshore Health Plan"),
            subject: s("Re: Physician reviewer work"),
            text: s("Hi Priya,\n\nWhen we spoke after the ACPA meeting you said that your team would know more about its plans for \
                     the new year by Thanksgiving, and that I might ask again around now. One thing is new here: I passed the \
                     ABQAURP boards in October.\n\nI still hope to move from the wards into inpatient review. Could you tell me \
                     whether the plans for your team have become clearer?\n\nIf you would rather not hear from me, just say so and \
                     I will stop.\n\nBest,\nSam Rivera, MD"),
            reason: s("as agreed: she asked you to write again around now"),
            send_at: s("Tuesday 24 November, 9:40 in Chicago"),
            blocked: None,
        },
        Waiting {
            id: s("43"),
            name: s("Luis Ortega"),
            employer: s("Meridian Review Partners"),
            subject: s("Thank you for your time on Friday"),
            text: s("Hi Luis,\n\nThank you for the half hour on Friday. What you said about reading a case the way the treating \
                     physician saw it, before opening the criteria, has stayed with me.\n\nYou mentioned a course on \
                     peer-to-peer conversations. Would you send me its name?\n\nBest,\nSam Rivera, MD"),
            reason: s("thanks after your call on Friday"),
            send_at: s("Monday 23 November, 13:10 in New York"),
            blocked: None,
        },
        Waiting {
            id: s("44"),
            name: s("Dr. K. Lindqvist-Okafor"),
            employer: s("Harbor UM Services"),
            subject: s("A physician introduction"),
            text: s("Hi [no first name],\n\nI am a physician, and utilization management is the field I am moving into."),
            reason: s("first word"),
            send_at: String::new(),
            blocked: Some(s("the first name is not known; tell it with  curbside edit 17 --name \"Karin Lindqvist-Okafor\"")),
        },
    ]
}

fn owed() -> Vec<Owed> {
    vec![
        Owed {
            name: s("Jane Doe"),
            employer: s("Cascade Mutual"),
            since: s("since Tuesday, 6 days"),
            wants: s("would like a call"),
            evidence: s("I have an opening on my team in January and would love to tell you about it. Are you free Monday at 2 or \
                         Wednesday after 4, Central?"),
            facts: vec![s("Monday 23 November, 14:00 or Wednesday 25 November from 16:00, Central"), s("Phone (312) 555-0142")],
        },
        Owed {
            name: s("Marcus Bell"),
            employer: s("Bell Physician Search"),
            since: s("since Friday, 3 days"),
            wants: s("asks for your résumé"),
            evidence: s("Send me your current CV and I will put it in front of the chief medical officer this week."),
            facts: vec![s("Medical Director, Utilization Management; requisition R-20417"), s("careers.northfield.example/R-20417")],
        },
    ]
}

fn came() -> Vec<Came> {
    let came = |day: &str, name: &str, employer: &str, what: &str, evidence: &str, warm| Came {
        day: s(day),
        name: s(name),
        employer: s(employer),
        what: s(what),
        evidence: s(evidence),
        warm,
    };
    vec![
        came(
            "Tuesday",
            "Tom Wexler",
            "Northfield Health",
            "offers to introduce you",
            "Happy to connect you with Anita Shaw, who runs our inpatient review team.",
            true,
        ),
        came("Wednesday", "Grace Kim", "Harbor UM Services", "has nothing now, try again in March", "We are frozen until Q2.", false),
        came("Thursday", "Peter Novak", "Summit IRO", "says thank you", "", false),
    ]
}

fn ahead() -> Vec<Ahead> {
    let ahead = |day: &str, name: &str, employer: &str, reason: &str| Ahead {
        day: s(day),
        name: s(name),
        employer: s(employer),
        reason: s(reason),
    };
    vec![
        ahead("Tue 24 Nov", "Priya Raman", "Lakeshore Health Plan", "as agreed, once you say yes"),
        ahead("Mon 30 Nov", "Daniel Abebe", "Cascade Mutual", "news: you passed the boards"),
        ahead("Wed 2 Dec", "Helen Marsh", "", "ten weeks since your last word"),
        ahead("Thu 3 Dec", "Anita Shaw", "Northfield Health", "first word, on Tom Wexler’s introduction"),
    ]
}

fn held() -> Vec<Held> {
    let held =
        |name: &str, employer: &str, until: &str, why: &str| Held { name: s(name), employer: s(employer), until: s(until), why: s(why) };
    vec![
        held("Grace Kim", "Harbor UM Services", "1 April", "no hiring until the second quarter"),
        held("Omar Haddad", "Keystone Review", "7 December", "away until 4 December, says an automatic answer"),
    ]
}

fn quiet() -> Vec<Quiet> {
    vec![
        Quiet { name: s("Ruth Feldman"), employer: s("Meridian Review Partners"), unanswered: 2, last: s("last wrote in May") },
        Quiet { name: s("Ben Castillo"), employer: String::new(), unanswered: 3, last: s("never wrote") },
    ]
}

fn numbers() -> Vec<Number> {
    let number = |label: &str, weeks: [u32; 13]| Number { label: s(label), total: weeks.iter().sum(), weeks: weeks.to_vec() };
    vec![
        number("Check-ins sent", [3, 5, 4, 6, 2, 5, 7, 4, 5, 3, 6, 4, 5]),
        number("Answers", [1, 2, 1, 3, 0, 2, 3, 2, 1, 2, 3, 2, 5]),
        number("Good news", [0, 1, 0, 1, 0, 0, 2, 0, 1, 0, 1, 1, 3]),
        number("Calls and meetings", [0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1]),
    ]
}
