//! What the program itself writes to its owner: the weekly digest and short notices.

mod digest;
mod essence;
mod notice;
mod page;
mod plain;
mod sample;
mod words;

pub use digest::{Rendered, digest};
pub use notice::Notice;
pub use sample::{sample, sample_quiet_week};
pub use words::wrap;

/// Renders a template. Plain data written into a `String` cannot fail; should it ever, what was written so far stands.
fn write(template: &impl askama::Template) -> String {
    let mut out = String::new();
    if template.render_into(&mut out).is_err() {
        out.push_str("\n[The rest of this mail could not be written.]\n");
    }
    out
}
