//! Random small convolutions and pools against the plain form, with all instructions of this machine.

use int8::{Convolution, Geometry, Instructions, Levels, Scratch, max_pool, reference};
use rand::{Rng, RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

fn one_of<const N: usize>(random: &mut impl Rng, of: [usize; N]) -> usize {
    of[random.random_range(0..N)]
}

/// A geometry, mostly 3x3 as networks have it, else of any form.
fn geometry(random: &mut impl Rng) -> Geometry {
    let winograd = random.random_bool(0.5);
    let groups = if winograd { 1 } else { one_of(random, [1, 1, 2, 3]) };
    let side = |random: &mut _| [one_of(random, [1, 2, 3, 5]), one_of(random, [1, 2, 3, 5])];
    let two = |random: &mut _| [one_of(random, [1, 1, 2, 3]), one_of(random, [1, 1, 2, 3])];
    Geometry {
        input_channels: groups * random.random_range(1..30),
        output_channels: groups * random.random_range(1..40),
        kernel: if winograd { [3, 3] } else { side(random) },
        strides: if winograd { [1, 1] } else { two(random) },
        dilations: if winograd { [1, 1] } else { two(random) },
        pads: std::array::from_fn(|_| random.random_range(0..3)),
        groups,
    }
}

fn levels(random: &mut impl Rng, channels: usize) -> Levels {
    let (input_signed, output_signed) = (random.random(), random.random());
    let zero = |random: &mut dyn Rng, signed: bool| random.random_range(0..=255_i16) - if signed { 128 } else { 0 };
    let scales = if random.random() { 1 } else { channels };
    Levels {
        input_scale: random.random_range(0.001..0.1),
        input_zero: zero(random, input_signed),
        input_signed,
        weight_scales: (0..scales).map(|_| random.random_range(0.001..0.02)).collect(),
        output_scale: random.random_range(0.01..0.5),
        output_zero: zero(random, output_signed),
        output_signed,
    }
}

#[test]
fn random_convolutions_are_those_of_the_plain_form() {
    let mut random = Pcg64Mcg::seed_from_u64(25);
    let mut scratch = Scratch::default();
    let (mut ran, mut saturated, mut bytes) = (0, 0, 0);
    while ran < 2000 {
        let geometry = geometry(&mut random);
        let size = [random.random_range(1..3), random.random_range(1..14), random.random_range(1..14)];
        let Some(out) = geometry.output([size[1], size[2]]) else { continue };
        let levels = levels(&mut random, geometry.output_channels);
        let taps = geometry.kernel[0] * geometry.kernel[1] * geometry.input_channels / geometry.groups;
        // Weights of unsigned bytes with a zero point in between, or signed ones.
        let most = if random.random() { 255 } else { 127 };
        let weights: Vec<i16> =
            (0..taps * geometry.output_channels).map(|_| random.random_range(-most..=most)).collect();
        let bias: Vec<i32> = match random.random() {
            true => (0..geometry.output_channels).map(|_| random.random_range(-40_000..40_000)).collect(),
            false => Vec::new(),
        };
        let input: Vec<u8> =
            (0..size.iter().product::<usize>() * geometry.input_channels).map(|_| random.random()).collect();
        let expected = reference::convolution(&geometry, &weights, &bias, &levels, &input, size).unwrap();
        for instructions in Instructions::found() {
            let convolution = Convolution::new(geometry.clone(), &weights, &bias, &levels, instructions).unwrap();
            let mut output = vec![0; size[0] * out[0] * out[1] * geometry.output_channels];
            convolution.run(&input, size, &mut output, &mut scratch);
            assert!(output == expected, "{} {geometry:?} {size:?} {levels:?}", instructions.name());
        }
        saturated += expected.iter().filter(|&&byte| byte == 0 || byte == 255).count();
        bytes += expected.len();
        ran += 1;
    }
    // The scales are such that neither all bytes nor none are at the end of their range.
    assert!(saturated * 20 > bytes && saturated * 4 < bytes * 3, "{saturated} of {bytes} bytes saturated");
}

#[test]
fn pools_take_the_largest_byte_signed_or_not() {
    let mut random = Pcg64Mcg::seed_from_u64(3);
    for signed in [false, true] {
        let size @ [batch, height, width, channels] = [2, 5, 7, 3];
        let input: Vec<u8> = (0..batch * height * width * channels).map(|_| random.random()).collect();
        let mut output = vec![0; batch * 2 * 3 * channels];
        max_pool(&input, size, if signed { 0x80 } else { 0 }, &mut output);
        for (at, found) in output.iter().enumerate() {
            let (channel, x, y, picture) = (at % 3, at / 3 % 3, at / 9 % 2, at / 18);
            let pixel = |dy, dx| input[((picture * height + 2 * y + dy) * width + 2 * x + dx) * channels + channel];
            let window = [pixel(0, 0), pixel(0, 1), pixel(1, 0), pixel(1, 1)];
            let key = |byte: &u8| if signed { i16::from(byte.cast_signed()) } else { i16::from(*byte) };
            assert_eq!(Some(*found), window.into_iter().max_by_key(key));
        }
    }
}

#[test]
fn what_could_leave_32_bits_or_contradicts_itself_is_refused() {
    let levels = Levels {
        input_scale: 1.0,
        input_zero: 0,
        input_signed: false,
        weight_scales: vec![1.0],
        output_scale: 1.0,
        output_zero: 0,
        output_signed: false,
    };
    let wide = |channels| Geometry {
        input_channels: channels,
        output_channels: 1,
        kernel: [3, 3],
        strides: [1, 1],
        dilations: [1, 1],
        pads: [0; 4],
        groups: 1,
    };
    let new = |geometry, weights: &[i16], bias: &[i32], levels: &Levels| {
        Convolution::new(geometry, weights, bias, levels, Instructions::best()).is_some()
    };
    assert!(new(wide(2), &[255; 18], &[], &levels));
    // The largest sum no longer fits a quarter of 32 bits, then no longer 32 bits.
    assert!(new(wide(3_000), &[255; 27_000], &[], &levels));
    assert!(!new(wide(4_000), &[255; 36_000], &[], &levels));
    assert!(!new(wide(2), &[255; 18], &[i32::MAX], &levels));
    assert!(!new(wide(2), &[255; 17], &[], &levels));
    assert!(!new(wide(2), &[255; 18], &[1, 2], &levels));
    assert!(!new(Geometry { groups: 2, ..wide(2) }, &[1; 9], &[], &levels));
    for output_scale in [0.0, f32::NAN, -1.0] {
        assert!(!new(wide(2), &[1; 18], &[], &Levels { output_scale, ..levels.clone() }));
    }
    assert!(!new(wide(2), &[1; 18], &[], &Levels { output_zero: 256, ..levels }));
}
