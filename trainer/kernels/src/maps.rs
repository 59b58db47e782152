//! Memory for maps, kept from one step of training to the next.
//!
//! A step needs some hundred megabytes of maps and gives all of them back. Taken fresh from the system, every page of them
//! is cleared first, by the one thread that asks for it, while the others wait: a tenth of a step on two cores.

use burn::backend::flex::FlexTensor;
use std::sync::{Mutex, PoisonError};

/// More than the maps of the deepest network here; what comes beyond it is freed.
const MOST: usize = 512;

static KEPT: Mutex<Vec<Vec<f32>>> = Mutex::new(Vec::new());

/// `length` numbers, with whatever was left in them: for maps that are written from end to end.
pub(super) fn take(length: usize) -> Vec<f32> {
    let found = {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = kept.iter().enumerate().filter(|(_, map)| (length..=2 * length).contains(&map.capacity()));
        let best = fitting.min_by_key(|(_, map)| map.capacity()).map(|(at, _)| at);
        best.map(|at| kept.swap_remove(at))
    };
    // The same map is asked for in the next step, so that its length seldom changes.
    let mut map = found.unwrap_or_default();
    map.resize(length, 0.0);
    map
}

/// Keeps a map for the next who asks.
pub(super) fn keep(map: Vec<f32>) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() < MOST && map.capacity() > 0 {
        kept.push(map);
    }
}

/// Keeps a tensor's map, unless somebody else still reads it.
pub(super) fn keep_tensor(tensor: FlexTensor) {
    if tensor.is_unique()
        && tensor.is_contiguous()
        && let Ok(map) = tensor.into_data().try_into_vec::<f32>()
    {
        keep(map);
    }
}
