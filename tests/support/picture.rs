//! A picture of a terminal, as SVG: what stands on its screen, in its colours, in a window.

use std::fmt::Write as _;

use vt100::{Cell, Color, Screen};

/// Units of one column and one row, and of the room around the text.
const COLUMN: f32 = 8.4;
const ROW: f32 = 20.0;
const AROUND: f32 = 24.0;
const BAR: f32 = 40.0;

/// Letters of one look that stand together: no wider gap than one blank is among them.
struct Run {
    column: u16,
    width: u16,
    text: String,
    look: (Color, bool, bool),
}

/// The first `rows` rows of a screen, in a window with a title.
pub fn svg(screen: &Screen, rows: u16, title: &str) -> String {
    let columns = screen.size().1.get();
    let (width, height) = (f32::from(columns) * COLUMN + 2.0 * AROUND, BAR + f32::from(rows) * ROW + AROUND);
    let mut picture = head(width, height, title);
    for row in 0..rows {
        let y = BAR + f32::from(row) * ROW + 15.0;
        for run in runs(screen, row, columns) {
            let (x, length) = (AROUND + f32::from(run.column) * COLUMN, f32::from(run.width) * COLUMN);
            let text = run.text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            let _ = write!(picture, "<text x=\"{x:.1}\" y=\"{y:.0}\" textLength=\"{length:.1}\"{}>{text}</text>", look(run.look));
        }
        picture.push('\n');
    }
    picture + "</svg>\n"
}

fn head(width: f32, height: f32, title: &str) -> String {
    let dots: String = [(22, "#ff6b64"), (42, "#f5bf4f"), (62, "#5fc454")]
        .iter()
        .map(|(x, colour)| format!("<circle cx=\"{x}\" cy=\"20\" r=\"6\" fill=\"{colour}\"/>"))
        .collect();
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" width=\"{width:.0}\" height=\"{height:.0}\" \
         role=\"img\" aria-label=\"{title}\" xml:space=\"preserve\" fill=\"#d5dce6\" \
         font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace\" font-size=\"14\">\
         <rect width=\"100%\" height=\"100%\" rx=\"10\" fill=\"#12171f\"/><rect x=\".5\" y=\".5\" width=\"{:.0}\" height=\"{:.0}\" rx=\"10\" fill=\"none\" stroke=\"#2b3442\"/>{dots}\n",
        width - 1.0,
        height - 1.0
    )
}

fn runs(screen: &Screen, row: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut blanks = 0;
    for column in 0..columns {
        let Some(cell) = screen.cell(row, column).filter(|cell| cell.has_contents() && cell.contents() != " ") else {
            blanks += 1;
            continue;
        };
        let look = look_of(cell);
        match runs.last_mut().filter(|run| blanks < 2 && run.look == look) {
            Some(run) => {
                run.text += &" ".repeat(blanks);
                run.text += cell.contents();
                run.width = column + 1 - run.column;
            }
            None => runs.push(Run { column, width: 1, text: cell.contents().to_owned(), look }),
        }
        blanks = 0;
    }
    runs
}

fn look_of(cell: &Cell) -> (Color, bool, bool) {
    (cell.fgcolor(), cell.bold(), cell.dim())
}

fn look((colour, is_bold, is_dim): (Color, bool, bool)) -> String {
    let fill = match colour {
        Color::Idx(1 | 9) => "#f2828b",
        Color::Idx(2 | 10) => "#8bd49c",
        Color::Idx(3 | 11) => "#ebcb7b",
        Color::Idx(4 | 12) => "#84aefc",
        Color::Idx(5 | 13) => "#c9a2f2",
        Color::Idx(6 | 14) => "#6fcbd8",
        Color::Idx(8) => "#8290a3",
        _ if is_dim => "#8290a3",
        _ => "",
    };
    let fill = if fill.is_empty() { String::new() } else { format!(" fill=\"{fill}\"") };
    format!("{fill}{}", if is_bold { " font-weight=\"bold\"" } else { "" })
}

/// What can be read in a picture, line by line; every number is `0`, since a clock runs while it is taken.
pub fn wording(svg: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for letter in svg.replace("</text><text", "</text> <text").chars() {
        match letter {
            '<' => is_tag = true,
            '>' => is_tag = false,
            _ if is_tag => {}
            digit if digit.is_ascii_digit() => text.push_str(if text.ends_with('0') { "" } else { "0" }),
            other => text.push(other),
        }
    }
    text
}
