//! From brightness to 64 x 64 samples: the tent filter (two rounds of a box along rows, then down columns) and the quality.
//!
//! A running sum adds what enters the window and then subtracts what leaves it, so what it holds depends on the whole way
//! there: to be bit-exact, every sum must be carried over every value, in order. What runs side by side are different sums. A
//! picture is taken in strips of `N` rows: turned, so that `N` rows go along together, and turned back, so that `N` columns go
//! down together. All four passes work on a strip while it is in the nearest cache, and the second round divides and keeps only
//! what is sampled. Rows that a box has yet to leave wait in a [`Ring`].

use std::array::from_fn;

use super::machine::{Lanes, Work, brightness};
use super::source::Source;

/// Samples along each axis.
pub(super) const SIDE: usize = 64;
/// Samples of a picture: row, then column.
pub(super) type Samples = [[f32; SIDE]; SIDE];

/// The samples of a picture, both of whose sides are at least 5.
pub(super) struct Sample<'a>(pub(super) &'a Source<'a>);

impl Work for Sample<'_> {
    type Output = Samples;

    #[inline(always)]
    fn run<M: Lanes<N>, const N: usize>(self, lanes: M) -> Samples {
        if (self.0.columns, self.0.rows) == (SIDE, SIDE) {
            return as_it_is(self.0);
        }
        let mut filter = Filter::<N>::new(self.0);
        let mut lower = Lower::new(self.0.rows);
        let mut kept = [[0.0; N]; SIDE];
        for first in (0..self.0.rows).step_by(N) {
            filter.read_up_to(lanes, first + N + filter.down.ahead);
            filter.down_and_along(lanes, first, &mut kept);
            lower.take(lanes, &kept, N.min(self.0.rows - first));
        }
        lower.samples
    }
}

/// A picture of the very size of the samples is not filtered.
fn as_it_is(source: &Source<'_>) -> Samples {
    let mut row_bytes = Vec::new();
    from_fn(|row| {
        let bytes = source.row(row, &mut row_bytes);
        match source.channels {
            1 => from_fn(|column| f32::from(bytes[column])),
            _ => from_fn(|column| brightness(&bytes.as_chunks().0[column])),
        }
    })
}

/// The place in `from` values at the middle of each of the 64 parts.
fn picks(from: usize) -> [usize; SIDE] {
    from_fn(|at| (2 * at + 1) * from / (2 * SIDE))
}

/// A box along an axis.
#[derive(Clone, Copy)]
struct Window {
    /// Values on the axis.
    length: usize,
    /// The size of the box: a 128th of the length, rounded up.
    full: usize,
    /// How many values it takes in before its first result.
    ahead: usize,
}

impl Window {
    fn of(length: usize) -> Self {
        let full = length.div_ceil(2 * SIDE);
        Window { length, full, ahead: full / 2 }
    }

    /// Which value enters for a result.
    #[inline(always)]
    fn enters(&self, result: usize) -> Option<usize> {
        Some(result + self.ahead).filter(|&at| at < self.length)
    }

    /// Which value leaves for a result.
    #[inline(always)]
    fn leaves(&self, result: usize) -> Option<usize> {
        (result + self.ahead).checked_sub(self.full)
    }

    /// How many values are in the box at a result.
    #[inline(always)]
    fn inside(&self, result: usize) -> usize {
        let end = result + self.ahead + 1;
        end.min(self.length) - end.saturating_sub(self.full)
    }

    /// Whether for all of `count` results a value enters and another leaves.
    #[inline(always)]
    fn is_inner(&self, first: usize, count: usize) -> bool {
        first + self.ahead >= self.full && first + count + self.ahead <= self.length
    }
}

/// Divides sums by the number of values in them.
struct Mean<V> {
    divisor: V,
    /// For a power of two the product with the inverse is the same float, and quicker.
    inverse: Option<V>,
}

impl<V: Copy> Mean<V> {
    #[inline(always)]
    fn of<M: Lanes<N, V = V>, const N: usize>(lanes: M, count: usize) -> Self {
        let divisor = count as f32;
        let inverse = if count.is_power_of_two() { Some(lanes.splat(1.0 / divisor)) } else { None };
        Mean { divisor: lanes.splat(divisor), inverse }
    }

    #[inline(always)]
    fn mean<M: Lanes<N, V = V>, const N: usize>(&self, lanes: M, sum: V) -> V {
        match self.inverse {
            Some(inverse) => lanes.mul(sum, inverse),
            None => lanes.div(sum, self.divisor),
        }
    }
}

/// Values that begin on a cache line: a vector that lies on two costs two loads.
struct Aligned {
    values: Vec<f32>,
    from: usize,
    length: usize,
}

impl Aligned {
    fn zeros(length: usize) -> Self {
        const LINE: usize = 64;
        let values = vec![0.0; length + LINE / size_of::<f32>()];
        let from = values.as_ptr().align_offset(LINE).min(LINE / size_of::<f32>());
        Aligned { values, from, length }
    }

    #[inline(always)]
    fn get(&self) -> &[f32] {
        &self.values[self.from..][..self.length]
    }

    #[inline(always)]
    fn get_mut(&mut self) -> &mut [f32] {
        &mut self.values[self.from..][..self.length]
    }

    /// As blocks of `N` values.
    #[inline(always)]
    fn blocks<const N: usize>(&self) -> &[[f32; N]] {
        self.get().as_chunks().0
    }

    #[inline(always)]
    fn blocks_mut<const N: usize>(&mut self) -> &mut [[f32; N]] {
        self.get_mut().as_chunks_mut().0
    }
}

/// The last rows, each at its number modulo the capacity.
struct Ring {
    values: Aligned,
    capacity: usize,
    stride: usize,
}

impl Ring {
    /// Keeps at least `rows` rows; `N` rows from a multiple of `N` on are never parted.
    fn new<const N: usize>(rows: usize, stride: usize) -> Self {
        let capacity = rows.next_multiple_of(N);
        Ring { values: Aligned::zeros(capacity * stride), capacity, stride }
    }

    #[inline(always)]
    fn row<const N: usize>(&self, row: usize) -> &[[f32; N]] {
        self.values.get()[row % self.capacity * self.stride..][..self.stride].as_chunks().0
    }

    #[inline(always)]
    fn rows_mut(&mut self, first: usize, count: usize) -> &mut [f32] {
        &mut self.values.get_mut()[first % self.capacity * self.stride..][..count * self.stride]
    }
}

/// The first round, and the second along rows.
struct Filter<'a, const N: usize> {
    source: &'a Source<'a>,
    along: Window,
    down: Window,
    picks: [usize; SIDE],
    /// Bytes of a row, where they are not side by side in the picture.
    bytes: Vec<u8>,
    /// Brightness of `N` rows.
    bright: Aligned,
    /// Values between two rows of `bright`.
    stride: usize,
    /// `N` rows turned: the `N` values of a column are side by side.
    strip: Aligned,
    /// What the first box along rows made of the last rows.
    boxed: Ring,
    /// How many rows it has made.
    ready: usize,
    /// The first box down columns: a sum for each.
    sums: Aligned,
}

impl<'a, const N: usize> Filter<'a, N> {
    #[inline(always)]
    fn new(source: &'a Source<'a>) -> Self {
        let (along, down) = (Window::of(source.columns), Window::of(source.rows));
        let padded = source.columns.next_multiple_of(N);
        // One block more than a row has: rows a power of two apart would fight for the same places in the cache.
        let stride = padded + N;
        Filter {
            source,
            along,
            down,
            picks: picks(source.columns),
            bytes: Vec::new(),
            bright: Aligned::zeros(stride * N),
            stride,
            strip: Aligned::zeros(padded * N),
            boxed: Ring::new::<N>(down.full + 3 * N, stride),
            ready: 0,
            sums: Aligned::zeros(padded),
        }
    }

    /// Reads rows until `end` of them, or all, went through the first box along rows.
    #[inline(always)]
    fn read_up_to<M: Lanes<N>>(&mut self, lanes: M, end: usize) {
        while self.ready < end.min(self.source.rows) {
            let count = N.min(self.source.rows - self.ready);
            for (lane, bright) in self.bright.get_mut().chunks_exact_mut(self.stride).take(count).enumerate() {
                let bytes = self.source.row(self.ready + lane, &mut self.bytes);
                brighten(lanes, self.source.channels, bytes, bright);
            }
            self.turn_bright(lanes);
            self.along_rows(lanes);
            self.ready += count;
        }
    }

    /// From rows to a strip.
    #[inline(always)]
    fn turn_bright<M: Lanes<N>>(&mut self, lanes: M) {
        let rows: [&[[f32; N]]; N] = {
            let mut rows = self.bright.get().chunks_exact(self.stride);
            from_fn(|_| rows.next().expect("there are N rows").as_chunks().0)
        };
        for (number, to) in self.strip.blocks_mut::<N>().chunks_exact_mut(N).enumerate() {
            let mut block = [lanes.splat(0.0); N];
            for (values, row) in block.iter_mut().zip(&rows) {
                *values = lanes.load(&row[number]);
            }
            lanes.turn(&mut block);
            for (to, values) in to.iter_mut().zip(block) {
                lanes.store(values, to);
            }
        }
    }

    /// The first box along the rows of a strip, turned back into rows.
    #[inline(always)]
    fn along_rows<M: Lanes<N>>(&mut self, lanes: M) {
        let window = self.along;
        let strip = self.strip.blocks::<N>();
        let stride = self.stride;
        let rows = self.boxed.rows_mut(self.ready, N);
        let whole = Mean::of(lanes, window.full);
        let mut sum = lanes.splat(0.0);
        for value in &strip[..window.ahead] {
            sum = lanes.add(sum, lanes.load(value));
        }
        for first in (0..window.length).step_by(N) {
            let mut block = [sum; N];
            if window.is_inner(first, N) {
                let enters = &strip[first + window.ahead..][..N];
                let leaves = &strip[first + window.ahead - window.full..][..N];
                for at in 0..N {
                    sum = lanes.sub(lanes.add(sum, lanes.load(&enters[at])), lanes.load(&leaves[at]));
                    block[at] = whole.mean(lanes, sum);
                }
            } else {
                for (at, mean) in block.iter_mut().enumerate().take(window.length - first) {
                    let enters = window.enters(first + at).map(|at| &strip[at]);
                    let leaves = window.leaves(first + at).map(|at| &strip[at]);
                    sum = stepped(lanes, sum, enters, leaves);
                    *mean = Mean::of(lanes, window.inside(first + at)).mean(lanes, sum);
                }
            }
            lanes.turn(&mut block);
            for (row, values) in rows.chunks_exact_mut(stride).zip(block) {
                lanes.store(values, &mut row.as_chunks_mut::<N>().0[first / N]);
            }
        }
    }

    /// The first box down the columns of `N` rows from `first` on, and the second along them: the 64 that are sampled, turned.
    #[inline(always)]
    fn down_and_along<M: Lanes<N>>(&mut self, lanes: M, first: usize, kept: &mut [[f32; N]; SIDE]) {
        let window = self.down;
        if first == 0 {
            for row in 0..window.ahead {
                add_row(lanes, self.sums.blocks_mut(), self.boxed.row(row));
            }
        }
        let mut along = Along { window: self.along, sum: lanes.splat(0.0), at: 0, picked: 0 };
        let whole = Mean::of(lanes, window.full);
        let is_inner = window.is_inner(first, N);
        let count = N.min(window.length - first);
        let enters: [_; N] = from_fn(|at| window.enters(first + at).map(|row| self.boxed.row::<N>(row)));
        let leaves: [_; N] = from_fn(|at| window.leaves(first + at).map(|row| self.boxed.row::<N>(row)));
        let inner_enters = enters.map(|row| row.unwrap_or_default());
        let inner_leaves = leaves.map(|row| row.unwrap_or_default());
        for number in 0..self.sums.blocks::<N>().len() {
            let sums = &mut self.sums.blocks_mut::<N>()[number];
            let mut sum = lanes.load(sums);
            let mut block = [sum; N];
            if is_inner {
                for at in 0..N {
                    let (enters, leaves) =
                        (lanes.load(&inner_enters[at][number]), lanes.load(&inner_leaves[at][number]));
                    sum = lanes.sub(lanes.add(sum, enters), leaves);
                    block[at] = whole.mean(lanes, sum);
                }
            } else {
                for at in 0..count {
                    let (enters, leaves) = (enters[at].map(|row| &row[number]), leaves[at].map(|row| &row[number]));
                    sum = stepped(lanes, sum, enters, leaves);
                    block[at] = Mean::of(lanes, window.inside(first + at)).mean(lanes, sum);
                }
            }
            lanes.store(sum, sums);
            lanes.turn(&mut block);
            let strip = self.strip.blocks_mut::<N>();
            for (to, values) in strip[number * N..][..N].iter_mut().zip(block) {
                lanes.store(values, to);
            }
            along.advance(lanes, strip, (number + 1) * N, &self.picks, kept);
        }
    }
}

/// The second box along the rows of a strip, which keeps the sampled columns.
struct Along<V> {
    window: Window,
    sum: V,
    /// The next value to enter.
    at: usize,
    /// How many samples were kept.
    picked: usize,
}

impl<V: Copy> Along<V> {
    /// Goes on as far as can be done with the values before `end`.
    #[inline(always)]
    fn advance<M: Lanes<N, V = V>, const N: usize>(
        &mut self,
        lanes: M,
        strip: &[[f32; N]],
        end: usize,
        picks: &[usize; SIDE],
        kept: &mut [[f32; N]; SIDE],
    ) {
        let window = self.window;
        while let Some(&pick) = picks.get(self.picked) {
            let wanted = pick + window.ahead + 1;
            self.slide(lanes, strip, wanted.min(end));
            if wanted > end && end < window.length {
                return;
            }
            // The last samples of a narrow picture want more than there is to enter.
            self.slide(lanes, strip, wanted);
            let mean = Mean::of(lanes, window.inside(pick)).mean(lanes, self.sum);
            lanes.store(mean, &mut kept[self.picked]);
            self.picked += 1;
        }
    }

    /// Moves the box on until the value before `end` has entered, or would have.
    #[inline(always)]
    fn slide<M: Lanes<N, V = V>, const N: usize>(&mut self, lanes: M, strip: &[[f32; N]], end: usize) {
        let Window { length, full, .. } = self.window;
        let from = self.at;
        let mut sum = self.sum;
        if from >= full && end <= length {
            let enters = strip.get(from..end).unwrap_or_default();
            for (enters, leaves) in enters.iter().zip(&strip[from - full..]) {
                sum = lanes.sub(lanes.add(sum, lanes.load(enters)), lanes.load(leaves));
            }
        } else {
            for at in from..end {
                let leaves = at.checked_sub(full).map(|at| &strip[at]);
                sum = stepped(lanes, sum, strip[..length].get(at), leaves);
            }
        }
        self.sum = sum;
        self.at = from.max(end);
    }
}

/// The second box down the columns, of which only the sampled ones are left, and the samples.
struct Lower<const N: usize> {
    window: Window,
    picks: [usize; SIDE],
    picked: usize,
    /// Rows taken, and the last of them.
    taken: usize,
    rows: Ring,
    sums: [[f32; N]; SIDE],
    samples: Samples,
}

impl<const N: usize> Lower<N> {
    fn new(rows: usize) -> Self {
        let window = Window::of(rows);
        Lower {
            window,
            picks: picks(rows),
            picked: 0,
            taken: 0,
            rows: Ring::new::<N>(window.full + 2 * N, SIDE),
            sums: [[0.0; N]; SIDE],
            samples: [[0.0; SIDE]; SIDE],
        }
    }

    /// Takes `count` rows of a strip of 64 columns.
    #[inline(always)]
    fn take<M: Lanes<N>>(&mut self, lanes: M, strip: &[[f32; N]], count: usize) {
        let rows = self.rows.rows_mut(self.taken, N);
        for (number, columns) in strip.chunks_exact(N).enumerate() {
            let mut block = [lanes.splat(0.0); N];
            for (values, column) in block.iter_mut().zip(columns) {
                *values = lanes.load(column);
            }
            lanes.turn(&mut block);
            for (row, values) in rows.chunks_exact_mut(SIDE).zip(block) {
                lanes.store(values, &mut row.as_chunks_mut::<N>().0[number]);
            }
        }
        let first = self.taken;
        self.taken += count;
        for at in first..self.taken {
            self.step(lanes, at);
        }
        if self.taken == self.window.length {
            for at in self.window.length..self.window.length + self.window.ahead {
                self.step(lanes, at);
            }
        }
    }

    /// Row `at` enters, if there is one, and another leaves; what is sampled there is kept.
    #[inline(always)]
    fn step<M: Lanes<N>>(&mut self, lanes: M, at: usize) {
        let enters = (at < self.window.length).then(|| self.rows.row::<N>(at));
        let leaves = at.checked_sub(self.window.full).map(|at| self.rows.row::<N>(at));
        let sums = &mut self.sums[..SIDE / N];
        for (number, sums) in sums.iter_mut().enumerate() {
            let (enters, leaves) = (enters.map(|row| &row[number]), leaves.map(|row| &row[number]));
            lanes.store(stepped(lanes, lanes.load(sums), enters, leaves), sums);
        }
        let Some(result) = at.checked_sub(self.window.ahead) else { return };
        // A picture of under 64 rows is sampled more than once a row.
        while self.picks.get(self.picked) == Some(&result) {
            let mean = Mean::of(lanes, self.window.inside(result));
            let samples = self.samples[self.picked].as_chunks_mut::<N>().0;
            for (sample, sum) in samples.iter_mut().zip(&*sums) {
                lanes.store(mean.mean(lanes, lanes.load(sum)), sample);
            }
            self.picked += 1;
        }
    }
}

/// A running sum after a step: first what enters, then what leaves.
#[inline(always)]
fn stepped<M: Lanes<N>, const N: usize>(
    lanes: M,
    mut sum: M::V,
    enters: Option<&[f32; N]>,
    leaves: Option<&[f32; N]>,
) -> M::V {
    if let Some(enters) = enters {
        sum = lanes.add(sum, lanes.load(enters));
    }
    if let Some(leaves) = leaves {
        sum = lanes.sub(sum, lanes.load(leaves));
    }
    sum
}

#[inline(always)]
fn add_row<M: Lanes<N>, const N: usize>(lanes: M, sums: &mut [[f32; N]], row: &[[f32; N]]) {
    for (sums, values) in sums.iter_mut().zip(row) {
        lanes.store(lanes.add(lanes.load(sums), lanes.load(values)), sums);
    }
}

/// The brightness of a row of bytes.
#[inline(always)]
fn brighten<M: Lanes<N>, const N: usize>(lanes: M, channels: usize, bytes: &[u8], to: &mut [f32]) {
    if channels == 1 {
        let (blocks, rest) = bytes.as_chunks::<N>();
        for (bytes, to) in blocks.iter().zip(to.as_chunks_mut::<N>().0) {
            lanes.store(lanes.widen(bytes), to);
        }
        to.iter_mut().skip(blocks.len() * N).zip(rest).for_each(|(to, &grey)| *to = f32::from(grey));
        return;
    }
    let blocks = bytes.chunks_exact(3 * N);
    let rest = blocks.remainder();
    let whole = blocks.len() * N;
    for (pixels, to) in blocks.zip(to.as_chunks_mut::<N>().0) {
        lanes.store(lanes.brightness(pixels), to);
    }
    to.iter_mut().skip(whole).zip(rest.as_chunks().0).for_each(|(to, pixel)| *to = brightness(pixel));
}

/// How much there is to see, 0 to 100: the steps between neighbouring samples in whole hundredths of the range, so that noise
/// and slow gradients count nothing.
pub(super) struct Quality<'a>(pub(super) &'a Samples);

impl Work for Quality<'_> {
    type Output = u8;

    #[inline(always)]
    fn run<M: Lanes<N>, const N: usize>(self, _: M) -> u8 {
        let step = |a: f32, b: f32| (((a - b) * 100.0) / 255.0) as i32;
        let mut sum = 0;
        for rows in self.0.windows(2) {
            sum += rows[0].iter().zip(&rows[1]).map(|(&a, &b)| step(a, b).abs()).sum::<i32>();
        }
        for row in self.0 {
            sum += row.windows(2).map(|pair| step(pair[0], pair[1]).abs()).sum::<i32>();
        }
        u8::try_from((sum / 90).min(100)).unwrap_or(100)
    }
}
