//! Processes of this program that decode the owner's files, so that a damaged one costs itself and nothing else.
//!
//! A decoder that asks for all memory, or never ends, costs its process and its track only. The program itself starts workers
//! (`main` calls [`enable`]); tests and other users of the library decode in their own process.

use nix::sys::resource::{Resource, UsageWho, getrlimit, getrusage, setrlimit};
use nix::sys::time::{TimeVal, TimeValLike};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

/// The largest address space of a worker, in bytes: several times what the largest sound file needs.
const MOST_BYTES: u64 = 384 << 20;

/// The longest time that a worker may compute without coming on.
const PATIENCE: Duration = Duration::from_secs(8);

/// What a worker ends with that computed too long.
const LATE: i32 = 75;

static ENABLED: OnceLock<()> = OnceLock::new();

/// From now on files are decoded in processes of their own.
pub fn enable() {
    ENABLED.get_or_init(|| ());
}

/// A command that starts `moodbox worker VERB` with pipes for input and output; `None` where workers aren't enabled.
pub(crate) fn command(verb: &str) -> Option<Command> {
    ENABLED.get()?;
    // This very program, even if another has been put in its place since.
    let mut command = Command::new("/proc/self/exe");
    command.arg0("moodbox").arg("worker").arg(verb);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Ctrl-C is for the program that the owner sees; a worker ends when its pipe does.
    command.process_group(0);
    Some(command)
}

/// A worker that runs. It is ended with this.
pub(crate) struct Running(Child);

impl Running {
    /// Starts a worker with its pipes; `None` where that can't be done.
    pub(crate) fn start(command: &mut Command) -> Option<(Self, Option<ChildStdin>, ChildStdout)> {
        let mut child = command.spawn().inspect_err(|error| tracing::warn!(%error, "no worker")).ok()?;
        let (input, output) = (child.stdin.take(), child.stdout.take()?);
        Some((Self(child), input, output))
    }

    pub(crate) fn fault(&mut self) -> Option<String> {
        self.0.wait().map_or_else(|error| Some(error.to_string()), fault)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Why a worker ended, in words about the file it worked on; `None` when it ended well.
fn fault(status: ExitStatus) -> Option<String> {
    match (status.code(), status.signal()) {
        (Some(0), _) => None,
        (Some(LATE), _) => Some("it is damaged: the decoder came to no end".to_owned()),
        (None, Some(6 | 11)) => Some("it is damaged: decoding it would take more memory than there is".to_owned()),
        _ => Some("it is damaged: the decoder gave up".to_owned()),
    }
}

/// In a worker: limits its memory, leaves no core behind, and prints nothing about panics.
pub fn confine() {
    let limit = |resource, most: u64| {
        let hard = getrlimit(resource).map_or(most, |(_, hard)| hard);
        // A box that may not limit itself still decodes.
        let _ = setrlimit(resource, most.min(hard), most.min(hard));
    };
    limit(Resource::RLIMIT_AS, MOST_BYTES);
    limit(Resource::RLIMIT_CORE, 0);
    std::panic::set_hook(Box::new(|_| {}));
}

/// Ends the process when it computes for long and nothing comes of it. A disk that has to spin up first takes no time of its.
#[derive(Debug)]
pub struct Watch {
    /// What had been computed when it came on last, in milliseconds plus one; 0 while nothing is to be done.
    last: AtomicU64,
}

impl Watch {
    /// Starts watching; nothing is to be done yet.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start() -> std::io::Result<&'static Self> {
        // It lives as long as the process.
        let watch: &Self = Box::leak(Box::new(Self { last: AtomicU64::new(0) }));
        thread::Builder::new().name("watch".to_owned()).stack_size(64 << 10).spawn(move || watch.run())?;
        Ok(watch)
    }

    /// Something comes on.
    pub fn busy(&self) {
        self.last.store(computed_ms() + 1, Ordering::Relaxed);
    }

    /// Nothing is to be done.
    pub fn idle(&self) {
        self.last.store(0, Ordering::Relaxed);
    }

    fn run(&self) {
        let patience = u64::try_from(PATIENCE.as_millis()).unwrap_or(u64::MAX);
        loop {
            thread::sleep(Duration::from_millis(500));
            let last = self.last.load(Ordering::Relaxed);
            if last > 0 && computed_ms().saturating_sub(last) > patience {
                std::process::exit(LATE);
            }
        }
    }
}

/// How long the processors have worked for this process, in milliseconds.
fn computed_ms() -> u64 {
    let ms = |time: TimeVal| u64::try_from(time.num_milliseconds()).unwrap_or(0);
    getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| ms(usage.user_time()) + ms(usage.system_time()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_a_worker_ended_is_told_as_what_is_wrong_with_its_file() {
        assert_eq!(fault(ExitStatus::from_raw(0)), None);
        let words = |raw: i32| fault(ExitStatus::from_raw(raw)).unwrap();
        assert!(words(6).ends_with("would take more memory than there is"), "an abort: {}", words(6));
        assert!(words(LATE << 8).ends_with("came to no end"), "{}", words(LATE << 8));
        assert!(words(1 << 8).ends_with("gave up"), "{}", words(1 << 8));
    }

    #[test]
    fn tests_decode_in_their_own_process() {
        assert!(command("decode").is_none());
    }
}
