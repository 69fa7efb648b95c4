//! A number of a posting from end to end: `40021-B`, `UM/26/118`, `26-VA-0031`, `REQ-2201.4`.

use std::ops::Range;

/// Nobody writes a longer one.
const LONGEST: usize = 24;

/// The whole of what is written in one piece around a part of it.
pub fn whole(text: &str, part: Range<usize>) -> Range<usize> {
    let bytes = text.as_bytes();
    let (mut from, mut to) = (part.start, part.end);
    while to > from + 1 && is_joint(bytes[to - 1]) {
        to -= 1;
    }
    while let Some(end) = run_after(bytes, from, to).filter(|end| end - from <= LONGEST) {
        to = end;
    }
    while let Some(start) = run_before(bytes, from, to).filter(|start| to - start <= LONGEST) {
        from = start;
    }
    from..to
}

const fn is_joint(byte: u8) -> bool {
    matches!(byte, b'-' | b'_' | b'/' | b'.')
}

const fn is_code(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

/// The end of a further joint and run of figures and capitals; two plain numbers with a stroke between are two.
fn run_after(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    let joint = *bytes.get(to).filter(|byte| is_joint(**byte))?;
    let run = bytes[to + 1..].iter().take(LONGEST).take_while(|byte| is_code(**byte)).count();
    let end = to + 1 + run;
    let ends = bytes.get(end).is_none_or(|next| !next.is_ascii_alphanumeric());
    (run > 0 && ends && holds(joint, &bytes[from..to], &bytes[to + 1..end])).then_some(end)
}

/// The start of a run of figures and capitals before a joint.
fn run_before(bytes: &[u8], from: usize, to: usize) -> Option<usize> {
    let joint = *bytes.get(from.checked_sub(1)?).filter(|byte| is_joint(**byte))?;
    let run = bytes[..from - 1].iter().rev().take(LONGEST).take_while(|byte| is_code(**byte)).count();
    let start = from - 1 - run;
    let begins = start.checked_sub(1).is_none_or(|at| !bytes[at].is_ascii_alphanumeric());
    (run > 0 && begins && holds(joint, &bytes[from..to], &bytes[start..from - 1])).then_some(start)
}

/// Does a joint hold two runs together?
fn holds(joint: u8, one: &[u8], other: &[u8]) -> bool {
    let lettered = |run: &[u8]| run.iter().any(u8::is_ascii_uppercase);
    match joint {
        b'/' => lettered(one) || lettered(other),
        b'.' => lettered(one) && !lettered(other) && other.len() <= 2,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_number_is_read_from_end_to_end() {
        for (text, part, want) in [
            ("req 40021-B, as before", "40021-", "40021-B"),
            ("(ref UM/26/118)", "UM/26", "UM/26/118"),
            ("Announcement 26-VA-0031 on", "VA-0031", "26-VA-0031"),
            ("'REQ-2201.4' on the site", "REQ-2201", "REQ-2201.4"),
            ("job 4471/4502", "4471", "4471"),
            ("see R-1234.Next", "R-1234", "R-1234"),
            ("req 118-22.", "118-22", "118-22"),
        ] {
            let start = text.find(part).expect("it is there");
            assert_eq!(&text[whole(text, start..start + part.len())], want, "{text}");
        }
    }
}
