//! Mails that look like one thing and are another, told as stories.

use curbside::model::reading::Outcome;
use curbside::steps::understand::intent::{Intent, intend};

fn outcome(text: &str) -> Outcome {
    intend(text, "Re: Checking in").findings[0].outcome
}

fn says_stop(intent: &Intent) -> bool {
    intent.findings.iter().any(|finding| finding.outcome == Outcome::OptedOut)
}

#[test]
fn a_polite_stop_is_a_stop() {
    let stops = [
        "I've enjoyed your notes, but I'd rather not receive any more of them. All the best.",
        "Please take me off your list.",
        "unsubscribe",
        "Kindly refrain from contacting me again.",
        "You have the wrong Karen and I'd like you to stop writing to me.",
        "Thank you, but there is no need to follow up again, and please do not write to me anymore.",
    ];
    for text in stops {
        assert_eq!(outcome(text), Outcome::OptedOut, "{text}");
    }
}

#[test]
fn words_of_stopping_alone_are_no_stop() {
    let others = [
        "I can't stop thinking about your question on gold carding.",
        "Not looking to stop hearing from you!",
        "Stop by my office when you are in town.",
        "I unsubscribed from that journal years ago. Thanks for the article!",
        "I stopped reviewing spine cases in June, thankfully.",
        "Don't hesitate to write again.",
        "Please don't stop sending these, I enjoy them.",
        "Sorry for the slow reply, your note went to spam.",
    ];
    for text in others {
        assert!(!says_stop(&intend(text, "Re: Checking in")), "{text}");
    }
}

#[test]
fn a_stop_binds_more_than_any_other_news() {
    assert_eq!(outcome("I've left the plan. Tom Ray may be hiring, but please stop emailing me."), Outcome::OptedOut);
}

#[test]
fn an_opening_beats_not_hiring() {
    assert_eq!(
        outcome("We are not hiring on the commercial side, but Medicare has a medical director req open, JR-10092."),
        Outcome::Opening
    );
}

#[test]
fn a_referral_beats_not_hiring() {
    assert_eq!(outcome("We have nothing open, but let me introduce you to Ana Ruiz at Granite, who is looking."), Outcome::Referral);
}

#[test]
fn among_good_news_the_act_wanted_soonest_wins() {
    assert_eq!(outcome("We have an opening, req 4471. Before anything else, please send me your CV."), Outcome::ResumeRequested);
    assert_eq!(outcome("There is an opening on my team. Are you free Thursday at 2 to talk about it?"), Outcome::Call);
}

#[test]
fn a_resume_already_received_is_not_asked_for() {
    assert_eq!(outcome("Got your CV, thank you. It all looks in order."), Outcome::Acknowledged);
    assert_eq!(outcome("my résumé is on fire too, half the department is nervous lol"), Outcome::Acknowledged);
}

#[test]
fn a_no_with_an_invitation_to_return_is_not_now() {
    assert_eq!(outcome("We went with somebody else this time, but please check back in the spring."), Outcome::NotNow);
    assert_eq!(outcome("We went with somebody else. Best of luck."), Outcome::Declined);
}

#[test]
fn somebody_else_leaving_is_not_the_contact_leaving() {
    assert_eq!(outcome("Because two of my reviewers retired, we're hiring. Req 4471."), Outcome::Opening);
}

#[test]
fn a_mail_that_says_nothing_is_left_to_the_owner() {
    for text in ["", "?", "See below.", "\u{200b}"] {
        assert_eq!(outcome(text), Outcome::Unclear, "{text:?}");
    }
}

#[test]
fn what_a_machine_puts_under_a_mail_is_not_read() {
    let footers = [
        "If you have received this message in error, please notify the sender and delete all copies.",
        "This email may contain confidential or privileged information intended solely for the addressee.",
        "To unsubscribe from future mailings, click here.",
        "If you no longer wish to receive these emails, reply STOP to unsubscribe.",
        "Please consider the environment before printing.",
        "Sent from my iPhone",
    ];
    for footer in footers {
        assert_eq!(
            outcome(&format!("We have an opening on my team, req 4471. You should apply.\n\n{footer}")),
            Outcome::Opening,
            "{footer}"
        );
        assert_eq!(outcome(footer), Outcome::Unclear, "{footer}");
    }
}

#[test]
fn a_mail_that_came_to_the_wrong_desk_is_no_footer() {
    assert_eq!(outcome("I received this in error I think, I'm in accounts payable."), Outcome::WrongPerson);
}

#[test]
fn a_signature_says_nothing_and_a_postscript_does() {
    let signed = "Thanks for the update, glad all is well.\n\nBest,\nDana Prewitt, MD\nMedical Director, Talent and Hiring\n555-0142 | dana@plan.example";
    assert_eq!(outcome(signed), Outcome::Acknowledged);
    assert_eq!(outcome(&format!("{signed}\nP.S. Please send me your CV when you can.")), Outcome::ResumeRequested);
}

#[test]
fn every_finding_shows_the_sentence_it_rests_on() {
    let intent = intend("Good to hear from you. Please send me your current CV. Regards to Daniel.", "Re: Hello");
    assert_eq!(intent.findings[0].outcome, Outcome::ResumeRequested);
    assert_eq!(intent.findings[0].evidence, "Please send me your current CV.");
}

#[test]
fn findings_stand_in_the_order_of_what_binds_most() {
    let intent = intend("I left the plan in June. Talk to Dana Prewitt, dprewitt@castlebrook.example, she took my chair.", "Re: Hello");
    let order: Vec<Outcome> = intent.findings.iter().map(|finding| finding.outcome).collect();
    let mut sorted = order.clone();
    sorted.sort();
    assert_eq!(order, sorted);
    assert_eq!(order[0], Outcome::LeftEmployer);
}

#[test]
fn p18_a_hostile_text_is_read_in_bounded_time() {
    let long = "please do not stop writing to me about the role ".repeat(40_000);
    let shouting = "!?.;,".repeat(100_000);
    let one_word = "a".repeat(1_000_000);
    for text in [long, shouting, one_word] {
        assert!(!intend(&text, &text).findings.is_empty());
    }
}
