//! An SPI bus through the kernel's character device, with rppal.

use crate::gpio::{GpioError, LineError, SpiBus};
use rppal::spi::{Bus, Mode, SlaveSelect, Spi};

/// SPI bus 0 through `/dev/spidev0.0`, which other boards have too.
pub(super) fn open_spi(hz: u32) -> Result<Box<dyn SpiBus>, GpioError> {
    let spi = Spi::new(Bus::Spi0, SlaveSelect::Ss0, hz, Mode::Mode0);
    Ok(Box::new(Data(spi.map_err(|error| GpioError::Spi(error.to_string()))?)))
}

struct Data(Spi);

impl SpiBus for Data {
    fn write(&mut self, bytes: &[u8]) -> Result<(), LineError> {
        let written = self.0.write(bytes).map_err(LineError::of)?;
        if written == bytes.len() { Ok(()) } else { Err(LineError(format!("{written} of {} bytes went", bytes.len()))) }
    }
}
