//! A neural network out of an ONNX file, run by tract. Owns loading, checking and running; knows nothing of faces.
//!
//! Model files are foreign input. What a file may ask for is checked in `limits` before tract sees it, input and output
//! shapes are checked before the graph is optimised, and one rehearsal on zeros shows that it runs.

mod float;
mod integer;
mod limits;

use crate::ModelError;
pub(crate) use float::in_float;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use tensor_shape_proto::dimension;
use tract_onnx::pb::{GraphProto, ModelProto, TensorShapeProto, tensor_proto, tensor_shape_proto, type_proto};
use tract_onnx::prelude::*;

/// A network ready to run on an input of one fixed shape (NCHW).
#[derive(Clone)]
pub(crate) struct Network {
    plan: Arc<TypedRunnableModel>,
    input: [usize; 4],
    float_convolutions: usize,
}

impl Network {
    /// Reads an ONNX file's bytes, no further than its protobuf structure and its [limits].
    pub(crate) fn read(bytes: &[u8]) -> Result<ModelProto, ModelError> {
        limits::check_bytes(bytes)?;
        let mut reader = bytes;
        let proto = onnx().proto_model_for_read(&mut reader).map_err(not_onnx)?;
        limits::check_proto(&proto)?;
        Ok(proto)
    }

    /// Gives a convolutional model another input shape (NCHW) and targets of `Reshape` whose middle follows from it.
    pub(crate) fn resize(proto: &mut ModelProto, input: [usize; 4]) {
        let Some(graph) = &mut proto.graph else { return };
        let dim = |side: usize| tensor_shape_proto::Dimension {
            value: i64::try_from(side).ok().map(dimension::Value::DimValue),
            ..Default::default()
        };
        for info in &mut graph.input {
            if let Some(type_proto::Value::TensorType(tensor)) = info.r#type.as_mut().and_then(|it| it.value.as_mut()) {
                tensor.shape = Some(TensorShapeProto { dim: input.map(dim).into() });
            }
        }
        // What the file says of sizes further on no longer holds; tract works them out.
        graph.value_info.clear();
        graph.output.iter_mut().for_each(|info| info.r#type = None);
        let targets: Vec<String> = graph
            .node
            .iter()
            .filter(|node| node.op_type == "Reshape")
            .filter_map(|node| node.input.get(1))
            .cloned()
            .collect();
        for shape in graph.initializer.iter_mut().filter(|tensor| targets.contains(&tensor.name)) {
            // [1, anchors, values] as little-endian i64.
            if let Some(anchors) = shape.raw_data.get_mut(8..16) {
                anchors.copy_from_slice(&(-1_i64).to_le_bytes());
            } else if let Some(anchors) = shape.int64_data.get_mut(1) {
                *anchors = -1;
            }
        }
    }

    /// Prepares a model that takes one f32 tensor of shape `input` and gives f32 tensors of the shapes `outputs`.
    pub(crate) fn prepare(proto: &ModelProto, input: [usize; 4], outputs: &[&[usize]]) -> Result<Self, ModelError> {
        Self::prepare_with(proto, input, outputs, None)
    }

    /// As [`Network::prepare`]; one more output is the tensor of the graph named `inner`, where there is such a one.
    pub(crate) fn prepare_with(
        proto: &ModelProto,
        input: [usize; 4],
        outputs: &[&[usize]],
        inner: Option<&str>,
    ) -> Result<Self, ModelError> {
        check_input(proto, input)?;
        let network = guarded(|| Self::optimise(proto, input, outputs, inner)).map_err(graph)??;
        let rehearsal = vec![0.0; input.iter().product()];
        let finite = network.run(&rehearsal, |found| {
            found.iter().take(outputs.len()).all(|values| values.iter().all(|value| value.is_finite()))
        });
        match finite {
            Ok(true) => Ok(network),
            Ok(false) => Err(ModelError::Graph { detail: "it answers grey with what is no finite number".into() }),
            Err(error) => Err(ModelError::Graph { detail: error.to_string() }),
        }
    }

    fn optimise(
        proto: &ModelProto,
        input: [usize; 4],
        outputs: &[&[usize]],
        inner: Option<&str>,
    ) -> Result<Self, ModelError> {
        let mut inferred = onnx()
            .model_for_proto_model(proto)
            .and_then(|model| model.with_input_fact(0, f32::fact(input).into()))
            .map_err(graph)?;
        if let Some(outlet) = inner.and_then(|name| inferred.find_outlet_label(name)) {
            inferred.outputs.push(outlet);
        }
        let mut typed = inferred.into_typed().map_err(graph)?;
        limits::check_shapes(&typed)?;
        check_outputs(&typed, proto.graph.as_ref().map_or(0, |graph| graph.output.len()), outputs)?;
        // Before optimisation a 1x1 convolution is still one; after it, kernels the optimiser chose show too.
        let before = float_convolutions(&typed);
        integer::replace(&mut typed).map_err(graph)?;
        let optimised = typed.into_optimized().map_err(graph)?;
        let float_convolutions = before.max(float_convolutions(&optimised));
        let plan = optimised.into_runnable().map_err(graph)?;
        Ok(Self { plan, input, float_convolutions })
    }

    /// Runs the network, and gives `read` its outputs in the model's order, row-major, without copying them.
    pub(crate) fn run<T>(&self, values: &[f32], read: impl FnOnce(&[&[f32]]) -> T) -> Result<T, ModelError> {
        let input = Tensor::from_shape(&self.input, values).map_err(run)?.into_tvalue();
        let outputs = guarded(|| self.plan.run(tvec!(input))).map_err(run)?.map_err(run)?;
        let values = outputs
            .iter()
            .map(|output| output.try_as_plain_ram().and_then(|it| it.as_slice::<f32>()).map_err(run))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(read(&values))
    }

    /// How many convolutions run in floating point instead of on integer kernels.
    pub(crate) const fn float_convolutions(&self) -> usize {
        self.float_convolutions
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let nodes = self.plan.model().nodes().len();
        write!(f, "Network({}, {nodes} nodes)", shape_text(&self.input))
    }
}

/// The first input of the graph that is not a constant must be the only one, f32, and of shape `expected`.
fn check_input(proto: &ModelProto, expected: [usize; 4]) -> Result<(), ModelError> {
    let empty = GraphProto::default();
    let graph = proto.graph.as_ref().unwrap_or(&empty);
    let constant = |name: &str| graph.initializer.iter().any(|tensor| tensor.name == name);
    let inputs: Vec<_> = graph.input.iter().filter(|input| !constant(&input.name)).collect();
    let expected = format!("f32 {}", shape_text(&expected));
    let found = match inputs.as_slice() {
        [input] => match input.r#type.as_ref().and_then(|kind| kind.value.as_ref()) {
            Some(type_proto::Value::TensorType(tensor)) => tensor_text(tensor),
            None => "nothing".into(),
        },
        inputs => format!("{} tensors", inputs.len()),
    };
    if found == expected { Ok(()) } else { Err(ModelError::Mismatch { key: "input", found, expected }) }
}

fn check_outputs(model: &TypedModel, outputs: usize, expected: &[&[usize]]) -> Result<(), ModelError> {
    let text = |outlet: &OutletId| match model.outlet_fact(*outlet) {
        Ok(fact) => match fact.shape.as_concrete() {
            Some(shape) if fact.datum_type == f32::datum_type() => format!("f32 {}", shape_text(shape)),
            _ => format!("{fact:?}"),
        },
        Err(error) => error.to_string(),
    };
    // An inner tensor that was asked for comes after the graph's own outputs, and may have any shape.
    let found = model.outputs.iter().take(outputs).map(text).collect::<Vec<_>>().join(", ");
    let expected = expected.iter().map(|shape| format!("f32 {}", shape_text(shape))).collect::<Vec<_>>().join(", ");
    if found == expected { Ok(()) } else { Err(ModelError::Mismatch { key: "output", found, expected }) }
}

/// Convolutions, or what tract turns them into, whose first input is floating point.
fn float_convolutions(model: &TypedModel) -> usize {
    const KERNELS: [&str; 6] = ["Conv", "BlockedConv", "DepthWiseConv", "DirectSpatialConv", "Im2col", "LazyIm2col"];
    let is_float = |node: &TypedNode| {
        let input = node.inputs.first().and_then(|&outlet| model.outlet_fact(outlet).ok());
        input.is_none_or(|fact| fact.datum_type.is_float())
    };
    model.nodes().iter().filter(|node| KERNELS.contains(&&*node.op.name()) && is_float(node)).count()
}

fn tensor_text(tensor: &type_proto::Tensor) -> String {
    let float = tensor_proto::DataType::try_from(tensor.elem_type) == Ok(tensor_proto::DataType::Float);
    let kind = if float { "f32".to_owned() } else { format!("element type {}", tensor.elem_type) };
    let dims = tensor.shape.iter().flat_map(|shape| &shape.dim).map(|dim| match &dim.value {
        Some(dimension::Value::DimValue(value)) => value.to_string(),
        Some(dimension::Value::DimParam(name)) => name.clone(),
        None => "?".into(),
    });
    format!("{kind} {}", dims.collect::<Vec<_>>().join("x"))
}

/// A shape as the error messages write it: `1x1x48x48`.
fn shape_text(shape: &[usize]) -> String {
    shape.iter().map(ToString::to_string).collect::<Vec<_>>().join("x")
}

/// Runs tract on a foreign file. It panics, for instance, where a graph output names no node (it indexes a map).
fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
        text.unwrap_or("it panicked").to_owned()
    })
}

fn not_onnx(error: impl std::fmt::Display) -> ModelError {
    ModelError::NotOnnx(format!("{error:#}"))
}

fn graph(error: impl std::fmt::Display) -> ModelError {
    ModelError::Graph { detail: format!("{error:#}") }
}

fn run(error: impl std::fmt::Display) -> ModelError {
    ModelError::Run { detail: format!("{error:#}") }
}
