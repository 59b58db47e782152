//! Decoders of foreign files may panic. Here that costs the file, and prints nothing.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether this thread is inside of [`caught`].
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}
static HOOK: Once = Once::new();

/// Runs what may panic on a foreign file. What it works on must not be used after a panic.
///
/// # Errors
/// When it panicked, with the panic's words. Neither these nor a backtrace are printed: an owner can do nothing with them.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    HOOK.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !is_caught() {
                before(panic);
            }
        }));
    });
    let outer = CAUGHT.replace(true);
    let done = catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(outer);
    done.map_err(|panic| {
        let words = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        words.unwrap_or("it panicked").to_owned()
    })
}

/// Whether a panic of this thread would be caught now, for hooks that do more than print.
pub fn is_caught() -> bool {
    CAUGHT.get()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn a_caught_panic_is_silent_and_any_other_is_told() {
        let told = Arc::new(AtomicUsize::new(0));
        let teller = Arc::clone(&told);
        set_hook(Box::new(move |_| {
            // Hooks that others set later see it too.
            teller.fetch_add(usize::from(!is_caught()), Ordering::SeqCst);
        }));
        assert_eq!(caught(|| 7), Ok(7));
        assert_eq!(caught(|| -> u8 { panic!("tile {}", 3) }), Err("tile 3".to_owned()));
        assert_eq!(caught(|| caught(|| -> u8 { panic!("inner") })), Ok(Err("inner".to_owned())));
        assert_eq!(told.load(Ordering::SeqCst), 0);
        assert!(!is_caught());
        assert!(std::thread::spawn(|| panic!("nobody catches this")).join().is_err());
        assert_eq!(told.load(Ordering::SeqCst), 1);
        drop(take_hook());
    }
}
