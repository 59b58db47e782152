//! The model file: what is accepted, what is refused and in which words, and that no bytes at all make it panic.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use mood::{Classifier, Contract, Crop, Expression, InputTensor, LabelSet, Logits, ModelError, Probabilities};
use support::photos::workspace;
use support::tiny_model::{self, bytes_of, graph, node, pair, set_metadata, value};
use tract_onnx::pb::ModelProto;

/// f32 arithmetic in another order.
const CLOSE: f32 = 1e-5;
/// One step of the tiny model's uint8 activations (scale 1/127), times its largest weight (6).
const ONE_STEP: f32 = 6.0 / 127.0;

/// What eight layers of rounding to 8 bits may change of a logit on a plain grey square; 0.031 was measured.
const ROUNDING: f32 = 0.1;

fn fer2013() -> Contract {
    Contract::new(LabelSet::Fer2013)
}

fn grey(luminance: u8, contract: &Contract) -> InputTensor {
    InputTensor::new(&Crop::from_pixels(48, vec![luminance; 48 * 48]).unwrap(), contract)
}

#[test]
fn a_small_model_answers_by_hand_computed_logits() {
    let contract = fer2013();
    let weights = [1.0, -2.0, 0.0, 4.0, 0.5, 0.0, 0.0];
    let biases = [0.0, 0.0, 0.25, 0.0, 0.0, -1.0, 0.5];
    let classifier = Classifier::from_onnx(&bytes_of(&tiny_model::linear(&contract, &weights, &biases))).unwrap();
    assert_eq!(*classifier.contract(), contract);
    let Logits(logits) = classifier.logits(&grey(255, &contract)).unwrap();
    for ((logit, weight), bias) in logits.iter().zip(weights).zip(biases) {
        assert!((logit - (weight + bias)).abs() < CLOSE, "{logits:?}");
    }
    let probabilities = Probabilities::from_logits(&Logits(logits), &contract);
    assert_eq!(probabilities.winner().unwrap().0, Expression::Happy);
}

#[test]
fn mood_gives_equal_output_for_equal_input() {
    let contract = fer2013();
    let bytes = bytes_of(&tiny_model::with_integer_convolution(&contract));
    let answer = |luminance| Classifier::from_onnx(&bytes).unwrap().logits(&grey(luminance, &contract)).unwrap();
    for luminance in [0, 1, 77, 128, 255] {
        assert_eq!(answer(luminance), answer(luminance));
    }
}

#[test]
fn integer_and_float_convolutions_are_told_apart_and_agree() {
    let contract = fer2013();
    let float = Classifier::from_onnx(&bytes_of(&tiny_model::with_float_convolution(&contract))).unwrap();
    let integer = Classifier::from_onnx(&bytes_of(&tiny_model::with_integer_convolution(&contract))).unwrap();
    assert_eq!((float.float_convolutions(), integer.float_convolutions()), (1, 0));
    for luminance in [0, 60, 128, 200, 255] {
        let input = grey(luminance, &contract);
        let (Logits(float), Logits(integer)) = (float.logits(&input).unwrap(), integer.logits(&input).unwrap());
        for (float, integer) in float.iter().zip(&integer) {
            assert!((float - integer).abs() <= ONE_STEP, "{float} {integer}");
        }
    }
}

#[test]
fn the_shipped_model_holds_no_float_convolution() {
    let path = workspace("models/mood.onnx");
    let Ok(bytes) = std::fs::read(&path) else {
        return eprintln!("skipped: models/mood.onnx is not here");
    };
    let classifier = Classifier::from_onnx(&bytes).unwrap();
    assert_eq!(classifier.float_convolutions(), 0);
    let logits = classifier.logits(&grey(90, classifier.contract())).unwrap();
    assert_eq!(logits.0.len(), classifier.contract().labels.len());
}

#[test]
fn in_float_a_network_is_the_same_but_for_its_rounding() {
    let contract = fer2013();
    let tiny = bytes_of(&tiny_model::with_integer_convolution(&contract));
    let float = Classifier::from_onnx_in_float(&tiny).unwrap();
    let integer = Classifier::from_onnx(&tiny).unwrap();
    assert_eq!((float.float_convolutions(), integer.float_convolutions()), (1, 0));
    let Ok(shipped) = std::fs::read(workspace("models/mood.onnx")) else {
        return eprintln!("skipped: models/mood.onnx is not here");
    };
    let mut cases = vec![(float, integer, vec![0, 60, 128, 200, 255])];
    let float = Classifier::from_onnx_in_float(&shipped).unwrap();
    assert_eq!(float.float_convolutions(), 8);
    cases.push((float, Classifier::from_onnx(&shipped).unwrap(), vec![0, 60, 128, 200, 255]));
    for (float, integer, luminances) in cases {
        for luminance in luminances {
            let input = grey(luminance, float.contract());
            let (Logits(float), Logits(integer)) = (float.logits(&input).unwrap(), integer.logits(&input).unwrap());
            let apart = float.iter().zip(&integer).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(apart <= ROUNDING, "{float:?} {integer:?}");
        }
    }
}

#[test]
fn an_input_of_another_side_is_refused() {
    let classifier = Classifier::from_onnx(&bytes_of(&tiny_model::constant(&fer2013(), &[0.0; 7]))).unwrap();
    let input = InputTensor { side: 64, values: vec![0.0; 64 * 64] };
    let error = classifier.logits(&input).unwrap_err();
    assert_eq!(error.to_string(), "network can't be run: input is 64 pixels wide, not 48");
    let input = InputTensor { side: 48, values: vec![0.0; 7] };
    assert!(matches!(classifier.logits(&input), Err(ModelError::Run { .. })));
}

#[test]
fn logits_that_are_no_numbers_are_refused() {
    // Each is a number, and grey is answered with numbers; what they make of white is none.
    let (mut weights, mut biases) = ([0.0; 7], [0.0; 7]);
    (weights[3], biases[3]) = (3e38, 3e38);
    let classifier = Classifier::from_onnx(&bytes_of(&tiny_model::linear(&fer2013(), &weights, &biases))).unwrap();
    let error = classifier.logits(&grey(255, &fer2013())).unwrap_err();
    assert_eq!(error.to_string(), "network can't be run: logit 3 is inf");
    // One that answers grey so is refused at once.
    biases[3] = f32::NAN;
    let refused = Classifier::from_onnx(&bytes_of(&tiny_model::constant(&fer2013(), &biases))).unwrap_err();
    assert!(matches!(refused, ModelError::Mismatch { .. }), "{refused}");
}

/// What is done to a good model.
type Damage = fn(&mut ModelProto);

/// INVARIANT 3 of the house: contract version, input shape and label list are refused with both sides named.
#[test]
fn firmware_refuses_a_model_it_does_not_know_and_names_both_sides() {
    let fer2013_labels = "angry,disgust,fear,happy,sad,surprise,neutral";
    let labels_expected = format!("each of {fer2013_labels} once");
    let in_metadata: [(&str, Option<&str>, String); 19] = [
        ("moodbox.contract_version", None, missing("moodbox.contract_version")),
        ("moodbox.contract_version", Some("2"), mismatch("moodbox.contract_version", "2", "1")),
        ("moodbox.contract_version", Some(""), mismatch("moodbox.contract_version", "", "1")),
        ("moodbox.input_shape", None, missing("moodbox.input_shape")),
        ("moodbox.input_shape", Some("1x3x64x64"), mismatch("moodbox.input_shape", "1x3x64x64", "1x1x48x48")),
        ("moodbox.mean", None, missing("moodbox.mean")),
        ("moodbox.mean", Some("-3"), mismatch("moodbox.mean", "-3", "a number in 0..=255")),
        ("moodbox.mean", Some("grey"), mismatch("moodbox.mean", "grey", "a number in 0..=255")),
        ("moodbox.deviation", Some("0.5"), mismatch("moodbox.deviation", "0.5", "a number in 1..=255")),
        ("moodbox.deviation", Some("NaN"), mismatch("moodbox.deviation", "NaN", "a number in 1..=255")),
        ("moodbox.deviation", Some("inf"), mismatch("moodbox.deviation", "inf", "a number in 1..=255")),
        (
            "moodbox.thresholds",
            Some("0.4"),
            mismatch("moodbox.thresholds", "0.4", "two numbers in 0..=1 with a comma between"),
        ),
        (
            "moodbox.thresholds",
            Some("0.4,1.5"),
            mismatch("moodbox.thresholds", "0.4,1.5", "two numbers in 0..=1 with a comma between"),
        ),
        ("moodbox.temperature", Some("0"), mismatch("moodbox.temperature", "0", "a number in 0.05..=20")),
        ("moodbox.label_set", Some("affectnet"), mismatch("moodbox.label_set", "affectnet", "fer2013 or ferplus")),
        ("moodbox.labels", Some("happy,sad"), mismatch("moodbox.labels", "happy,sad", &labels_expected)),
        (
            "moodbox.labels",
            Some("angry,angry,fear,happy,sad,surprise,neutral"),
            mismatch("moodbox.labels", "angry,angry,fear,happy,sad,surprise,neutral", &labels_expected),
        ),
        ("moodbox.labels", Some(""), mismatch("moodbox.labels", "", &labels_expected)),
        (
            "moodbox.crop",
            Some("tight"),
            mismatch(
                "metadata",
                "moodbox.crop",
                "moodbox.contract_version, moodbox.input_shape, moodbox.mean, moodbox.deviation, moodbox.label_set, \
                 moodbox.labels, moodbox.temperature, moodbox.thresholds",
            ),
        ),
    ];
    for (key, value, message) in in_metadata {
        let mut proto = tiny_model::constant(&fer2013(), &[0.0; 7]);
        set_metadata(&mut proto, key, value);
        assert_eq!(refusal(&proto), message);
    }
    let in_graph: [(Damage, String); 9] = [
        (
            |proto| graph(proto).input = vec![value("input", &[1, 3, 64, 64])],
            mismatch("input", "f32 1x3x64x64", "f32 1x1x48x48"),
        ),
        (|proto| graph(proto).input.clear(), mismatch("input", "0 tensors", "f32 1x1x48x48")),
        (|proto| graph(proto).input.push(value("second", &[1])), mismatch("input", "2 tensors", "f32 1x1x48x48")),
        (
            |proto| {
                graph(proto).initializer.clear();
                *proto = tiny_model::constant(&fer2013(), &[0.0; 6]);
            },
            mismatch("output", "f32 1x6", "f32 1x7"),
        ),
        (
            |proto| {
                graph(proto).node.push(node("Softmax", &["logits"], "probabilities", vec![]));
                graph(proto).output = vec![value("probabilities", &[1, 7])];
            },
            mismatch("last operator", "Softmax", "logits, it takes the softmax itself"),
        ),
        (|proto| graph(proto).output.push(value("flat", &[1, 1])), mismatch("output", "f32 1x7, f32 1x1", "f32 1x7")),
        (
            |proto| graph(proto).initializer[0].dims = vec![1 << 20, 1 << 20],
            "model has 1099511627776 bytes in one tensor, this build allows at most 134217728".into(),
        ),
        (
            |proto| graph(proto).initializer[0].dims = vec![1_000, 7],
            mismatch("tensor", "28 bytes in `weights`", "7000 values"),
        ),
        (|proto| proto.graph = None, "not an ONNX model (it has no graph)".into()),
    ];
    for (break_it, message) in in_graph {
        let mut proto = tiny_model::constant(&fer2013(), &[0.0; 7]);
        break_it(&mut proto);
        assert_eq!(refusal(&proto), message);
    }
}

#[test]
fn foreign_operators_are_refused_by_name() {
    for (operator, domain) in [("LSTM", ""), ("If", ""), ("QGemm", "com.microsoft"), ("Relu", "com.microsoft")] {
        let mut proto = tiny_model::constant(&fer2013(), &[0.0; 7]);
        graph(&mut proto).node[0].op_type = operator.into();
        graph(&mut proto).node[0].domain = domain.into();
        let message = refusal(&proto);
        let begin = format!("model has operator `{}`", format!("{domain} {operator}").trim());
        assert!(message.starts_with(&begin), "{message}");
    }
}

#[test]
fn a_key_given_twice_is_refused() {
    let mut proto = tiny_model::constant(&fer2013(), &[0.0; 7]);
    proto.metadata_props.push(pair("moodbox.mean", "100"));
    assert_eq!(refusal(&proto), "model has `moodbox.mean` twice, `127.5` and `100`; this build expects it once");
}

#[test]
fn every_contract_comes_back_from_its_metadata() {
    for label_set in LabelSet::ALL {
        let mut contract = Contract::new(label_set);
        for (mean, deviation, temperature) in [(127.5, 127.5, 1.0), (0.0, 255.0, 0.1), (129.476_2, 65.024_87, 1.373)] {
            let thresholds = (temperature > 1.0).then_some(mood::Thresholds { pleasant: 0.45, unpleasant: 0.625 });
            contract = Contract { mean, deviation, temperature, thresholds, ..contract };
            contract.labels.rotate_left(2);
            let pairs = contract.to_metadata();
            let read = Contract::from_metadata(pairs.iter().map(|(key, value)| (key.as_str(), value.as_str())));
            assert_eq!(read, Ok(contract.clone()));
        }
    }
}

#[test]
fn files_that_are_no_models_are_refused() {
    let cases: [&[u8]; 5] = [b"", b"\0", b"not a model at all", b"\x89PNG\r\n\x1a\n", &[0xff; 4_096]];
    for bytes in cases {
        let error = Classifier::from_onnx(bytes).unwrap_err();
        assert!(matches!(error, ModelError::NotOnnx(_)), "{error}");
    }
}

#[test]
fn a_graph_output_without_a_node_is_refused_although_tract_panics_on_it() {
    let mut proto = tiny_model::constant(&fer2013(), &[0.0; 7]);
    graph(&mut proto).output[0].name = "nowhere".into();
    assert!(refusal(&proto).starts_with("network can't be prepared: "), "{}", refusal(&proto));
}

#[test]
fn a_truncated_model_never_panics() {
    let bytes = bytes_of(&tiny_model::with_integer_convolution(&fer2013()));
    for end in 0..bytes.len() {
        // A file cut exactly between two fields is a smaller message, and may still be a whole model.
        let _ = Classifier::from_onnx(&bytes[..end]).and_then(|it| it.logits(&grey(9, &fer2013())));
    }
}

#[test]
fn a_model_with_flipped_bits_never_panics() {
    let bytes = bytes_of(&tiny_model::with_integer_convolution(&fer2013()));
    for at in 0..bytes.len() {
        for bit in [0, 3, 6, 7] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 1 << bit;
            let _ = Classifier::from_onnx(&damaged).and_then(|it| it.logits(&grey(9, &fer2013())));
        }
    }
}

fn refusal(proto: &ModelProto) -> String {
    Classifier::from_onnx(&bytes_of(proto)).unwrap_err().to_string()
}

fn missing(key: &str) -> String {
    format!("no `{key}` in the metadata; the model was not made for this box")
}

fn mismatch(key: &str, found: &str, expected: &str) -> String {
    format!("model has {key} `{found}`, this build expects {expected}")
}
