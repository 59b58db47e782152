//! Vector registers from arrays of numbers and back, by value.
#![expect(unsafe_code, reason = "the standard library has no safe cast between arrays and vector registers yet")]

/// Numbers without padding of which every pattern of bits is valid.
///
/// # Safety
/// An implementor must be such a type.
#[expect(unsafe_code, reason = "what it promises can't be checked by the compiler")]
pub(crate) unsafe trait Numbers: Copy {}

macro_rules! numbers {
    ($($name:ty),*) => {
        // SAFETY: numbers, registers of numbers, and arrays of both.
        $(unsafe impl Numbers for $name {})*
    };
}
pub(crate) use numbers;

numbers!(f32, i16, i32, u8);

// SAFETY: an array of such numbers has no padding either.
unsafe impl<T: Numbers, const N: usize> Numbers for [T; N] {}

/// The same bits as another type of the same size.
#[inline(always)]
pub(crate) fn cast<From: Numbers, To: Numbers>(from: From) -> To {
    const { assert!(size_of::<From>() == size_of::<To>()) };
    // SAFETY: both have the same size and no invalid patterns.
    unsafe { std::mem::transmute_copy(&from) }
}
