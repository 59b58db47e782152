//! `moodbox worker`: the far ends of the processes that decode the owner's files ([`music::worker`]). Nobody calls it by hand.

use crate::error::Failure;
use music::library::index;
use music::listen::decode;
use music::worker::{self, Watch};
use std::io::Write;
use std::path::PathBuf;
use std::time::Duration;

/// Works for another moodbox.
#[derive(Debug, Clone, PartialEq, clap::Args)]
pub struct WorkerArgs {
    /// What to do
    #[command(subcommand)]
    pub what: What,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, clap::Subcommand)]
pub enum What {
    /// Decodes one file into frames
    Decode {
        /// Frames a second
        #[arg(long)]
        rate: u32,
        /// Where to begin
        #[arg(long, default_value_t = 0)]
        from_ms: u64,
        /// The file
        path: PathBuf,
    },
    /// Listens to the files that are named on standard input
    Listen,
}

/// Does it until nobody needs it any more.
///
/// # Errors
/// When it can't be written to, or the decoder gave up.
pub fn work(args: &WorkerArgs, out: &mut dyn Write) -> Result<(), Failure> {
    worker::confine();
    let watch = Watch::start().map_err(|error| Failure::no_thread("watch", &error))?;
    let done = match &args.what {
        What::Decode { rate, from_ms, path } => {
            // The box fades out when it is told to stop; what it plays must not be gone before.
            let _ = ctrlc::set_handler(|| {});
            decode::serve(path, *rate, Duration::from_millis(*from_ms), out, watch)
        }
        What::Listen => index::serve(&mut std::io::stdin().lock(), out, watch),
    };
    done.map_err(Failure::write("the sound"))
}
