//! Starts the program; the outcome becomes the exit code.

fn main() -> std::process::ExitCode {
    curbside::cli::main()
}
