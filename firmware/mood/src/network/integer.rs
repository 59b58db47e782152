//! The box's own kernels for quantised layers, in the place of tract's.
//!
//! tract turns a quantised convolution into a matrix product with a copy of all patches before it; the crate `int8` does
//! without. Its tensors are channels-last: between two replaced layers nothing is moved, at the ends of a run of them tract
//! moves the axes. What the kernels don't take stays tract's.

use int8::{Convolution, Geometry, Instructions, Levels, Scratch, max_pool};
use std::cell::RefCell;
use std::sync::Arc;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;
use tract_onnx::tract_core::ops::cnn::{Conv, KernelFormat, MaxPool, PoolSpec};
use tract_onnx::tract_core::ops::nn::DataFormat;

thread_local! {
    /// Reused between layers and looks.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

const TO_CHANNELS_LAST: AxisOp = AxisOp::Move(1, 3);
const TO_CHANNELS_FIRST: AxisOp = AxisOp::Move(3, 1);

/// Replaces the quantised convolutions and pools of a graph of batch, channel, height, width, as far as `int8` takes them.
pub(super) fn replace(model: &mut TypedModel) -> TractResult<()> {
    for id in model.eval_order()? {
        if let Some(layer) = Layer::of(model, id)? {
            put(model, id, layer)?;
        }
    }
    model.compact()
}

/// Puts `layer` in the place of the node `id`.
fn put(model: &mut TypedModel, id: usize, layer: Layer) -> TractResult<()> {
    let node = model.node(id);
    let mut patch = TypedModelPatch::default();
    let (name, &input) = (node.name.clone(), node.inputs.first().context("a layer without an input")?);
    let before = model.node(input.node);
    let input = if before.op_as::<AxisOp>() == Some(&TO_CHANNELS_FIRST) {
        patch.tap_model(model, before.inputs[0])?
    } else {
        let input = patch.tap_model(model, input)?;
        patch.wire_node(format!("{name}.channels_last"), TO_CHANNELS_LAST, &[input])?[0]
    };
    let output = patch.wire_node(name.clone(), layer, &[input])?;
    let output = patch.wire_node(format!("{name}.channels_first"), TO_CHANNELS_FIRST, &output)?;
    patch.shunt_outside(model, id.into(), output[0])?;
    patch.apply(model)
}

/// A layer of bytes, channels-last.
#[derive(Debug, Clone)]
enum Layer {
    Convolution { convolution: Arc<Convolution>, output: DatumType },
    MaxPool,
}

impl PartialEq for Layer {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Convolution { convolution, .. }, Self::Convolution { convolution: other, .. }) => {
                Arc::ptr_eq(convolution, other)
            }
            (Self::MaxPool, Self::MaxPool) => true,
            _ => false,
        }
    }
}

impl Eq for Layer {}

impl Layer {
    /// What takes the place of a node, if anything does.
    fn of(model: &TypedModel, id: usize) -> TractResult<Option<Self>> {
        let (node, input) = (model.node(id), model.node_input_facts(id)?);
        let of_bytes = |fact: &TypedFact| [u8::datum_type(), i8::datum_type()].contains(&fact.datum_type);
        let [fact, ..] = input.as_slice() else { return Ok(None) };
        let Some(&[_, _, height, width]) = fact.shape.as_concrete().filter(|_| of_bytes(fact)) else { return Ok(None) };
        Ok(if let Some(op) = node.op_as::<Conv>() {
            let constants =
                node.inputs.iter().skip(1).map(|&input| constant(model, input)).collect::<TractResult<_>>()?;
            convolution(op, fact, constants, [height, width])?
        } else {
            node.op_as::<MaxPool>().filter(|op| is_plain_pool(op, [height, width])).map(|_| Self::MaxPool)
        })
    }

    /// Batch, height, width, channels of the output.
    fn output([batch, height, width, channels]: [usize; 4], layer: &Self) -> Option<[usize; 4]> {
        match layer {
            Self::Convolution { convolution, .. } => {
                let [height, width] = convolution.geometry().output([height, width])?;
                Some([batch, height, width, convolution.geometry().output_channels])
            }
            Self::MaxPool => Some([batch, height / 2, width / 2, channels]),
        }
    }

    fn shape(&self, shape: &[usize]) -> TractResult<([usize; 4], [usize; 4])> {
        let input = shape.try_into().context("the input of a layer has four axes")?;
        Ok((input, Self::output(input, self).context("the kernel is larger than the input")?))
    }
}

/// Two by two without overlap or padding.
fn is_plain_pool(op: &MaxPool, size: [usize; 2]) -> bool {
    let spec = &op.pool_spec;
    let two = |sides: &[usize]| sides == [2, 2];
    op.with_index_outputs.is_none()
        && spec.data_format == DataFormat::NCHW
        && two(&spec.kernel_shape)
        && two(&spec.strides())
        && spec.dilations().iter().all(|&step| step == 1)
        && pads(spec, size).is_some_and(|pads| pads == [0; 4])
        && size.iter().all(|side| side % 2 == 0)
}

/// Padding at the top, left, bottom, right.
fn pads(spec: &PoolSpec, size: [usize; 2]) -> Option<[usize; 4]> {
    match spec.computed_padding(&size).as_slice() {
        [down, across] => Some([down.pad_before, across.pad_before, down.pad_after, across.pad_after]),
        _ => None,
    }
}

/// The kernels for a `QLinearConv` whose weights and scales are constants; none where they don't take it.
fn convolution(
    op: &Conv,
    input: &TypedFact,
    constants: Vec<Option<Arc<Tensor>>>,
    size: [usize; 2],
) -> TractResult<Option<Layer>> {
    let Some(output) = op.q_params.filter(|kind| [u8::datum_type(), i8::datum_type()].contains(kind)) else {
        return Ok(None);
    };
    let spec = &op.pool_spec;
    let constants: Option<Vec<_>> = constants.into_iter().collect();
    let Some([weights, bias, input_zero, input_scale, weight_zero, weight_scale, output_zero, output_scale]) =
        constants.as_deref()
    else {
        return Ok(None);
    };
    let (Some(pads), DataFormat::NCHW, KernelFormat::OIHW) = (pads(spec, size), spec.data_format, op.kernel_fmt) else {
        return Ok(None);
    };
    let two = |sides: &[usize]| <[usize; 2]>::try_from(sides).ok();
    let (Some(kernel), Some(strides), Some(dilations)) =
        (two(&spec.kernel_shape), two(&spec.strides()), two(&spec.dilations()))
    else {
        return Ok(None);
    };
    // Panels of a group of few channels would take many times the room of its weights.
    if op.group != 1 {
        return Ok(None);
    }
    let (input_channels, output_channels, groups) = (spec.input_channels, spec.output_channels, op.group);
    let geometry = Geometry { input_channels, output_channels, kernel, strides, dilations, pads, groups };
    let levels = Levels {
        input_scale: only(input_scale)?,
        input_zero: zero(input_zero)?,
        input_signed: input.datum_type == i8::datum_type(),
        weight_scales: numbers::<f32>(weight_scale)?,
        output_scale: only(output_scale)?,
        output_zero: zero(output_zero)?,
        output_signed: output == i8::datum_type(),
    };
    let (zeros, bias) = (numbers::<i32>(weight_zero)?, numbers::<i32>(bias)?);
    let weights = numbers::<i32>(weights)?;
    let each = (weights.len() / output_channels.max(1)).max(1);
    let weight = |(at, weight): (usize, &i32)| {
        let zero = zeros.get(at / each).or_else(|| zeros.first()).copied().unwrap_or(0);
        i16::try_from(weight - zero)
    };
    let Ok(weights) = weights.iter().enumerate().map(weight).collect::<Result<Vec<_>, _>>() else { return Ok(None) };
    // A single zero stands for no bias.
    let bias = if bias.len() == output_channels {
        bias
    } else if bias == [0] {
        Vec::new()
    } else {
        return Ok(None);
    };
    let convolution = Convolution::new(geometry, &weights, &bias, &levels, Instructions::best());
    Ok(convolution.map(|convolution| Layer::Convolution { convolution: Arc::new(convolution), output }))
}

/// The value at an outlet that follows from constants alone.
fn constant(model: &TypedModel, outlet: OutletId) -> TractResult<Option<Arc<Tensor>>> {
    if let Some(value) = &model.outlet_fact(outlet)?.konst {
        return Ok(Some(value.clone()));
    }
    let node = model.node(outlet.node);
    let inputs: Option<Vec<_>> = node.inputs.iter().map(|&input| constant(model, input)).collect::<TractResult<_>>()?;
    let Some(inputs) = inputs.filter(|inputs| !inputs.is_empty()) else { return Ok(None) };
    let outputs = node.op.eval_out_of_plan(inputs.into_iter().map(IntoTValue::into_tvalue).collect())?;
    Ok(outputs.and_then(|outputs| outputs.into_iter().nth(outlet.slot)).map(IntoArcTensor::into_arc_tensor))
}

fn numbers<T: Datum + Copy>(tensor: &Tensor) -> TractResult<Vec<T>> {
    Ok(tensor.cast_to::<T>()?.try_as_plain_ram()?.as_slice::<T>()?.to_vec())
}

fn only<T: Datum + Copy>(tensor: &Tensor) -> TractResult<T> {
    numbers(tensor)?.first().copied().context("a number is missing")
}

fn zero(tensor: &Tensor) -> TractResult<i16> {
    i16::try_from(only::<i32>(tensor)?).context("a zero point outside of its bytes")
}

impl Op for Layer {
    fn name(&self) -> StaticName {
        match self {
            Self::Convolution { .. } => "QuantisedConvolution".into(),
            Self::MaxPool => "QuantisedMaxPool".into(),
        }
    }

    op_as_typed_op!();
}

impl EvalOp for Layer {
    op_out_of_plan!();

    fn eval(&self, _: &EvalContext<'_>, inputs: TVec<TValue>) -> TractResult<TVec<TValue>> {
        let input = args_1!(inputs);
        let (size, out) = self.shape(input.shape())?;
        let kind = if let Self::Convolution { output, .. } = self { *output } else { input.datum_type() };
        let mut output = Tensor::zero_dt(kind, &out)?;
        {
            let (from, mut to) = (input.try_as_plain_ram()?, output.try_as_plain_ram_mut()?);
            match self {
                Self::Convolution { convolution, .. } => SCRATCH.with_borrow_mut(|scratch| {
                    convolution.run(from.as_bytes(), [size[0], size[1], size[2]], to.as_bytes_mut(), scratch);
                }),
                Self::MaxPool => {
                    let flip = if kind == i8::datum_type() { 0x80 } else { 0 };
                    max_pool(from.as_bytes(), size, flip, to.as_bytes_mut());
                }
            }
        }
        Ok(tvec!(output.into_tvalue()))
    }
}

impl TypedOp for Layer {
    fn output_facts(&self, inputs: &[&TypedFact]) -> TractResult<TVec<TypedFact>> {
        let [fact] = inputs else { bail!("a layer has one input") };
        let (_, output) = self.shape(fact.shape.as_concrete().context("sizes are known")?)?;
        let kind = if let Self::Convolution { output, .. } = self { *output } else { fact.datum_type };
        Ok(tvec!(kind.fact(output)))
    }

    as_op!();
}

#[cfg(test)]
mod tests {
    use crate::network::Network;

    #[test]
    fn the_shipped_network_runs_on_these_kernels_without_moving_axes_between_them() {
        let proto = Network::read(include_bytes!("../../../../models/mood.onnx")).unwrap();
        let network = Network::prepare(&proto, [1, 1, 48, 48], &[&[1, 8]]).unwrap();
        let names: Vec<String> = network.plan.model().nodes().iter().map(|node| node.op.name().to_string()).collect();
        let count = |name: &str| names.iter().filter(|it| *it == name).count();
        assert_eq!((count("QuantisedConvolution"), count("QuantisedMaxPool")), (8, 3), "{names:?}");
        assert!(names.iter().filter(|name| name.starts_with("Move")).count() <= 2, "{names:?}");
    }
}
