//! What opening costs beside the work itself: `opening_cost [FILES]` opens a small file again and again, with children that
//! wait and without, and prints milliseconds a file. Needs the example `read_one` beside it.

use std::path::Path;
use std::time::Instant;

use vedette_read::{Hint, Opener};

/// A page of a few words: what remains is the cost of the child.
const PAGE: &[u8] = b"<html><p>The lamp burns in the harbour of Kelmora tonight.</p></html>";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let program = std::env::current_exe()?.with_file_name("read_one");
    let files: u32 = std::env::args().nth(1).map_or(Ok(400), |number| number.parse())?;
    for threads in [1, 2] {
        for pooled in [false, true] {
            let opener = Opener::new(&program);
            let opener = if pooled { opener } else { opener.without_pool() };
            measure(&opener, threads, files)?;
            let words = if pooled { "waiting children" } else { "a child started for each file" };
            let (each, slowest) = measure(&opener, threads, files)?;
            println!("{threads} threads, {words}: {each:.2} ms a file and thread, slowest {slowest:.1} ms");
        }
    }
    // Files that come now and then find a child that has waited.
    let opener = Opener::new(&program);
    measure(&opener, 1, 2)?;
    let mut times = Vec::new();
    for _ in 0..50 {
        std::thread::sleep(std::time::Duration::from_millis(30));
        times.push(measure(&opener, 1, 1)?.0);
    }
    times.sort_by(f64::total_cmp);
    println!("1 file each 30 ms, waiting children: median {:.2} ms, 90th percentile {:.2} ms", times[25], times[45]);
    let begun = Instant::now();
    let holds = vedette_read::sandbox::self_test(&program).holds();
    println!("self-test of the opener: {:.0} ms, holds: {holds}", begun.elapsed().as_secs_f64() * 1_000.0);
    let begun = Instant::now();
    let holds = vedette_read::sandbox::tools_self_test(Path::new(&program)).holds();
    println!("self-test of the tools: {:.0} ms, holds: {holds}", begun.elapsed().as_secs_f64() * 1_000.0);
    Ok(())
}

/// Milliseconds of a file as its thread sees it, in the mean and at worst.
fn measure(opener: &Opener, threads: u32, files: u32) -> Result<(f64, f64), vedette_read::ReadError> {
    let times: Result<Vec<Vec<f64>>, _> = std::thread::scope(|scope| {
        let hands: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    (0..files / threads)
                        .map(|_| {
                            let begun = Instant::now();
                            opener.open(PAGE, &Hint::default())?;
                            Ok(begun.elapsed().as_secs_f64() * 1_000.0)
                        })
                        .collect::<Result<Vec<f64>, vedette_read::ReadError>>()
                })
            })
            .collect();
        hands.into_iter().map(|hand| hand.join().expect("opening does not panic")).collect()
    });
    let times = times?.concat();
    Ok((times.iter().sum::<f64>() / times.len() as f64, times.iter().copied().fold(0.0, f64::max)))
}
