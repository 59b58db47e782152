//! The music: a composer that needs no files, and the owner's library. Blocks of samples, no device, no clock.
