//! The machine, and what processes take of it.

use sysinfo::System;

use crate::analysis::benchmark::Machine;

/// The machine that runs.
pub(super) fn describe() -> Machine {
    let unknown = "unknown".to_owned();
    let mut machine = Machine {
        processor: unknown.clone(),
        processors: std::thread::available_parallelism().map_or(1, usize::from),
        memory: 0.0,
        system: System::long_os_version().unwrap_or(unknown.clone()),
        architecture: std::env::consts::ARCH.to_owned(),
        host: System::host_name().unwrap_or(unknown),
    };
    if let Ok(mut system) = System::new() {
        system.refresh_memory();
        system.refresh_cpu_all();
        machine.memory = system.total_memory() as f64 / 1e6;
        machine.processors = system.cpus().len();
        let brand = system.cpus().first().map(|processor| processor.brand().trim());
        if let Some(brand) = brand.filter(|brand| !brand.is_empty()) {
            brand.clone_into(&mut machine.processor);
        }
    }
    machine
}

/// Peak memory of a process so far, of this one if none is named, MB; none where Linux' account of it is missing.
pub(super) fn peak_memory(process: Option<u32>) -> Option<f64> {
    let process = process.map_or_else(|| "self".to_owned(), |id| id.to_string());
    #[expect(clippy::disallowed_methods, reason = "`cli` reads files")]
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_was_touched_is_counted() {
        let Some(before) = peak_memory(None) else { return };
        let touched = vec![1_u8; 64_000_000];
        assert!(touched.iter().all(|&byte| byte == 1));
        let after = peak_memory(None).expect("it was there before");
        assert!(after >= before && after > 60.0, "{before} {after}");
    }

    #[test]
    fn the_machine_has_processors_and_memory() {
        let machine = describe();
        assert!(machine.processors > 0 && machine.memory > 0.0);
    }
}
