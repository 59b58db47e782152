//! Teachers that look at the same varied and mixed pictures as the student (Beyer et al. 2022, *Knowledge distillation: A
//! good teacher is patient and consistent*).

use crate::error::Error;
use crate::net::Net;
use crate::net::input_tensor;
use crate::recipe::{Distillation, Recipe};
use burn::module::Module;
use burn::tensor::Device;
use std::ops::Range;

/// The teachers, ready to answer.
#[derive(Debug)]
pub struct Consistent {
    nets: Vec<Net>,
    device: Device,
    heads: Vec<Range<usize>>,
    temperature: f64,
}

impl Consistent {
    /// Those of `asked`, on `device`.
    ///
    /// # Errors
    /// When a teacher's run can't be read or has other heads.
    pub fn load(asked: &Distillation, recipe: &Recipe, device: &Device) -> Result<Self, Error> {
        // They don't learn: on a device that does, their batch norm would go by the batch.
        let device = device.clone().without_autodiff();
        let nets = super::load_all(asked, recipe, &device)?.iter().map(Module::valid).collect();
        let heads = super::heads(recipe).collect();
        Ok(Self { nets, device, heads, temperature: f64::from(asked.temperature) })
    }

    /// Their mean probabilities, `[n, outputs]`, for `size` pictures, `[n, 1, 48, 48]`.
    #[must_use]
    pub fn answer(&self, inputs: &[f32], size: usize) -> Vec<f32> {
        let outputs = self.heads.iter().map(Range::len).sum();
        let mut rows = vec![0.0; size * outputs];
        for net in &self.nets {
            let logits: Vec<f32> =
                net.forward(input_tensor(inputs.to_vec(), size, &self.device)).into_data().iter::<f32>().collect();
            for (row, logits) in rows.chunks_exact_mut(outputs).zip(logits.chunks_exact(outputs)) {
                for columns in &self.heads {
                    let logits = &logits[columns.clone()];
                    super::softmax_into(&mut row[columns.clone()], logits, self.temperature, self.nets.len());
                }
            }
        }
        rows
    }
}
