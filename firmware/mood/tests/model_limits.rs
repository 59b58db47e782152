//! What a network may ask for: each limit is broken once, and the file refused at loading, in words that name it.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod support;

use mood::{Classifier, Contract, LabelSet};
use support::tiny_model::{self, bytes_of, graph, ints, node, value};
use tract_onnx::pb::{
    AttributeProto, ModelProto, StringStringEntryProto, TensorProto, attribute_proto::AttributeType,
    tensor_proto::DataType,
};

/// What is done to a network, and what is said of it.
type Case = (fn(&mut ModelProto), &'static str);

fn refused(mut proto: ModelProto, cases: &[Case]) {
    Classifier::from_onnx(&bytes_of(&proto)).unwrap();
    let whole = proto.clone();
    for (break_it, words) in cases {
        proto.clone_from(&whole);
        break_it(&mut proto);
        let error = Classifier::from_onnx(&bytes_of(&proto)).unwrap_err().to_string();
        assert!(error.starts_with(&format!("model has {words}")), "{error}\n  instead of {words}");
    }
}

fn contract() -> Contract {
    Contract::new(LabelSet::Fer2013)
}

fn tensor<'a>(proto: &'a mut ModelProto, name: &str) -> &'a mut TensorProto {
    graph(proto).initializer.iter_mut().find(|tensor| tensor.name == name).unwrap()
}

fn set_scale(proto: &mut ModelProto, scale: f32) {
    tensor(proto, "scale").raw_data = scale.to_le_bytes().into();
}

/// The attribute of the convolution, which is the second node.
fn attribute<'a>(proto: &'a mut ModelProto, name: &str) -> &'a mut AttributeProto {
    graph(proto).node[1].attribute.iter_mut().find(|attribute| attribute.name == name).unwrap()
}

fn floats(name: &str, dims: &[i64], values: usize) -> TensorProto {
    let data_type = DataType::Float.into();
    TensorProto { name: name.into(), data_type, dims: dims.into(), float_data: vec![1.0; values], ..Default::default() }
}

#[test]
fn tensors_are_what_they_say() {
    refused(
        tiny_model::with_integer_convolution(&contract()),
        &[
            (|it| tensor(it, "weights").dims = vec![1; 5_000], "5000 dimensions of one tensor"),
            (|it| tensor(it, "weights").dims = vec![-1, 7], "tensor `a dimension of -1 in `weights``"),
            (|it| tensor(it, "weights").dims = vec![0, 7], "tensor `a dimension of 0 in `weights``"),
            (|it| tensor(it, "weights").dims = vec![1, 6], "tensor `28 bytes in `weights``"),
            (|it| tensor(it, "weights").raw_data.truncate(26), "tensor `26 bytes in `weights``"),
            (|it| tensor(it, "weights").float_data = vec![1.0], "tensor `28 bytes in `weights``"),
            (
                |it| tensor(it, "weights").raw_data[..4].copy_from_slice(&f32::NAN.to_le_bytes()),
                "tensor `a value that is no",
            ),
            (
                |it| tensor(it, "biases").raw_data[..4].copy_from_slice(&f32::NEG_INFINITY.to_le_bytes()),
                "tensor `a value that is no finite number in `biases``",
            ),
            (|it| tensor(it, "weights").data_type = DataType::String.into(), "tensor `values of type 8 in `weights``"),
            (|it| tensor(it, "weights").data_location = Some(1), "tensor `values elsewhere in `weights``"),
            (
                |it| tensor(it, "weights").external_data.push(StringStringEntryProto::default()),
                "tensor `values elsewhere in `weights``",
            ),
            (|it| tensor(it, "weights").name = "w".repeat(2_000), "2000 bytes in one name"),
            (|it| graph(it).initializer.extend(vec![TensorProto::default(); 20_001]), "20010 tensors"),
            (|it| graph(it).input[0] = value("input", &[1; 9]), "9 dimensions of one tensor"),
            (|it| graph(it).sparse_initializer.push(Default::default()), "graph `sparse tensors`"),
            (|it| it.functions.push(Default::default()), "graph `functions or a training graph`"),
        ],
    );
}

#[test]
fn scales_and_zero_points_are_some() {
    refused(
        tiny_model::with_integer_convolution(&contract()),
        &[
            (|it| set_scale(it, f32::NAN), "tensor `a value that is no finite number in `scale``"),
            (|it| set_scale(it, f32::INFINITY), "tensor `a value that is no finite number in `scale``"),
            (|it| set_scale(it, 0.0), "graph `scale 0e0 in `scale``"),
            (|it| set_scale(it, -0.5), "graph `scale -5e-1 in `scale``"),
            (|it| set_scale(it, 1e-40), "graph `scale 1e-40 in `scale``"),
            (|it| set_scale(it, 1e30), "graph `scale 1e30 in `scale``"),
            (|it| tensor(it, "scale").dims = vec![1, 1], "graph `1 scales in `scale``"),
            (
                |it| *tensor(it, "scale") = floats("scale", &[3], 3),
                // Whichever node comes first: three for one tensor fit none of its channels.
                "graph `",
            ),
            (
                |it| {
                    tensor(it, "zero").dims = vec![2];
                    tensor(it, "zero").raw_data = vec![0; 2];
                },
                "graph `no zero point for its scale in `zero``",
            ),
            (|it| *tensor(it, "zero") = floats("zero", &[], 1), "graph `no zero point for its scale in `zero``"),
            (|it| graph(it).node[1].input[1] = "quantised".into(), "graph `no constant scale in `quantised``"),
            (|it| graph(it).node[1].input[2] = String::new(), "graph `no constant zero point in ``"),
        ],
    );
}

#[test]
fn attributes_are_small() {
    refused(
        tiny_model::with_integer_convolution(&contract()),
        &[
            (|it| attribute(it, "kernel_shape").ints = vec![0, 3], "attribute `kernel_shape 0`"),
            (|it| attribute(it, "kernel_shape").ints = vec![3, 100_000], "attribute `kernel_shape 100000`"),
            (|it| attribute(it, "kernel_shape").ints = vec![60, 60], "3600 values in one kernel"),
            (|it| attribute(it, "strides").ints = vec![0, 1], "attribute `strides 0`"),
            (|it| attribute(it, "strides").ints = vec![-1, 1], "attribute `strides -1`"),
            (|it| attribute(it, "pads").ints = vec![65, 0, 0, 0], "attribute `pads 65`"),
            (|it| attribute(it, "pads").ints = vec![-1, 0, 0, 0], "attribute `pads -1`"),
            (|it| attribute(it, "pads").ints = vec![0; 4_000], "4000 values in one attribute"),
            (|it| graph(it).node[1].attribute.push(ints("dilations", &[70, 1])), "attribute `dilations 70`"),
            (
                |it| {
                    let group = AttributeProto { name: "group".into(), i: 0, r#type: 2, ..Default::default() };
                    graph(it).node[1].attribute.push(group);
                },
                "attribute `group 0`",
            ),
            (|it| attribute(it, "pads").s = vec![b'x'; 4 << 20], "4194304 bytes in one attribute"),
            (|it| attribute(it, "pads").strings = vec![vec![b'x'; 300]], "300 bytes in one attribute"),
            (
                |it| {
                    let alpha = AttributeProto {
                        name: "alpha".into(),
                        r#type: AttributeType::Float.into(),
                        f: f32::NAN,
                        ..Default::default()
                    };
                    graph(it).node[4].attribute.push(alpha);
                },
                "attribute `alpha no finite number`",
            ),
            (|it| graph(it).node[1].attribute.extend(vec![ints("axis", &[]); 40]), "43 attributes of one node"),
            (|it| graph(it).node[1].input.extend(vec![String::new(); 80]), "89 inputs and outputs of one node"),
        ],
    );
}

#[test]
fn values_flow_one_way_and_constants_are_not_worked_on() {
    refused(
        tiny_model::with_float_convolution(&contract()),
        &[
            (|it| graph(it).node.swap(0, 1), "graph `a node before the value it needs in `convolved``"),
            (|it| graph(it).node[1].input[0] = "pooled".into(), "graph `a node before the value it needs in `pooled``"),
            (|it| graph(it).node[2].output[0] = "convolved".into(), "graph `two values in `convolved``"),
            (|it| graph(it).node[2].output[0] = "input".into(), "graph `two values in `input``"),
            (|it| graph(it).node[2].output[0] = "weights".into(), "graph `two values in `weights``"),
            (
                |it| {
                    let twice = graph(it).initializer[0].clone();
                    graph(it).initializer.push(twice);
                },
                "graph `two values in `weights``",
            ),
            (
                // A column and a row of a million values each are a million millions.
                |it| {
                    graph(it).initializer.push(floats("column", &[1 << 10, 1], 1 << 10));
                    graph(it).initializer.push(floats("row", &[1, 1 << 10], 1 << 10));
                    graph(it).node.push(node("Add", &["column", "row"], "sum", vec![]));
                },
                "graph `Add of constants only in `sum``",
            ),
            (
                |it| {
                    graph(it).initializer.push(floats("one", &[1, 1], 1));
                    graph(it).node.push(node("Identity", &["one"], "same", vec![]));
                    graph(it).node.push(node("Pad", &["same"], "padded", vec![ints("pads", &[9, 9, 9, 9])]));
                },
                "graph `Pad of constants only in `padded``",
            ),
            (
                |it| {
                    let mut pads = floats("pads", &[8], 0);
                    pads.data_type = DataType::Int64.into();
                    pads.int64_data = vec![0, 0, 0, 0, 0, 0, 0, 1 << 19];
                    graph(it).initializer.push(pads);
                    graph(it).node.push(node("Pad", &["input", "pads"], "padded", vec![]));
                },
                "graph `a pad of 524288 in `pads``",
            ),
        ],
    );
}

/// A network that is all right but for what it would cost to run.
#[test]
fn work_without_end_is_refused() {
    let mut proto = tiny_model::with_float_convolution(&contract());
    let kernel = |outputs: i64, inputs: i64, side: i64| {
        let values = usize::try_from(outputs * inputs * side * side).unwrap();
        floats(&format!("kernel{outputs}x{inputs}"), &[outputs, inputs, side, side], values)
    };
    // 4 x 1,024 x 31 x 31 products at each of 48 x 48 places, twice.
    graph(&mut proto).initializer.extend([
        kernel(1_024, 1, 1),
        kernel(4, 1_024, 31),
        kernel(1_024, 4, 1),
        kernel(1, 4, 1),
    ]);
    let pads = || vec![ints("pads", &[15; 4])];
    graph(&mut proto).node.splice(
        1..1,
        [
            node("Conv", &["convolved", "kernel1024x1"], "a", vec![]),
            node("Conv", &["a", "kernel4x1024"], "b", pads()),
            node("Conv", &["b", "kernel1024x4"], "c", vec![]),
            node("Conv", &["c", "kernel4x1024"], "d", pads()),
            node("Conv", &["d", "kernel1x4"], "e", vec![]),
        ],
    );
    graph(&mut proto).node[6].input[0] = "e".into();
    let error = Classifier::from_onnx(&bytes_of(&proto)).unwrap_err().to_string();
    assert!(error.contains("products in one run"), "{error}");
}
