//! Work that waits: files and HTML are opened in the sandbox, then the version passes the other stages. A job that fails
//! is tried again with back-off, then parked where a person sees it; it is never dropped.
//!
//! Two lanes do not wait for each other: own texts take milliseconds, files and translations seconds. What was read before and is only out
//! of date comes last.

use jiff::SignedDuration;
use vedette_core::limits::{JOB_TRIES_MAX, PDQ_QUALITY_MIN};
use vedette_core::{
    Attachment, CAPTURE_FILE, Current, ImageHash, Job, JobId, JobKind, Lane, Markup, Reading, ReadingKind, Sha256,
    Version, VersionView,
};

use vedette_read::{FileToRead, Memo, MemoKey, UNSANDBOXED};

use crate::derive::{self, Material};
use crate::{Desk, DeskError, DeskResult, Role, Who};

/// What one call of [`Desk::work`] did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Jobs done.
    pub done: u64,
    /// Jobs that failed and are tried again later.
    pub retried: u64,
    /// Jobs that wait for a person now.
    pub parked: u64,
}

impl Desk {
    /// Queues versions to be derived again with today's tools and register: those that are out of date, or `all`; how many.
    pub fn derive_again(&self, who: &Who, all: bool) -> DeskResult<u64> {
        who.may(Role::Analyst, "have posts read again")?;
        let current = Current { made_with: self.rooms.analyst.made_with(), read_with: self.rooms.reader.made_with() };
        let queued = self.ports.records.requeue((!all).then_some(&current))?;
        let which = if all { "all" } else { "out of date" };
        self.audit(who, "derive again", which, &format!("{queued} versions"))?;
        Ok(queued)
    }

    /// Does one waiting job of the first of `lanes` that has one; `false` when none is due.
    pub fn work_one(&self, work: &mut Work, lanes: &[Lane]) -> DeskResult<bool> {
        let Some(job) = self.ports.queue.claim(self.now(), lanes)? else { return Ok(false) };
        match self.run(&job) {
            Ok(()) => {
                self.ports.queue.done(job.id)?;
                work.done += 1;
            }
            // A store that fails is no fault of the job: the claim goes back when its lease ends.
            Err(DeskError::Store(error)) => return Err(error.into()),
            Err(error) if job.tries >= JOB_TRIES_MAX => {
                self.ports.queue.park(job.id, &error.to_string())?;
                work.parked += 1;
            }
            Err(error) => {
                let wait = SignedDuration::from_secs(1 << job.tries.min(10));
                self.ports.queue.retry(job.id, &error.to_string(), self.now() + wait)?;
                work.retried += 1;
            }
        }
        Ok(true)
    }

    /// Does all work that is due on several threads, then makes it searchable.
    pub fn work(&self, progress: &(dyn Fn(Work) + Sync)) -> DeskResult<Work> {
        let totals = std::sync::Mutex::new(Work::default());
        let outcome = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..self.config.threads())
                .map(|_| {
                    scope.spawn(|| -> DeskResult<()> {
                        loop {
                            let mut work = Work::default();
                            if !self.work_one(&mut work, &Lane::ALL)? {
                                return Ok(());
                            }
                            let mut all = totals.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                            all.done += work.done;
                            all.retried += work.retried;
                            all.parked += work.parked;
                            progress(*all);
                        }
                    })
                })
                .collect();
            hands
                .into_iter()
                .map(|hand| hand.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
                .collect::<DeskResult<Vec<()>>>()
        });
        self.commit_index()?;
        outcome?;
        Ok(totals.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn run(&self, job: &Job) -> DeskResult<()> {
        let view = self.ports.records.version(job.version)?;
        let item = self.ports.records.item(view.version.item)?;
        let mut material = Material::of_stored(&item.source, &view, item.item.posted_at);
        match job.kind {
            JobKind::Text => {
                self.own_text(&view.version, &mut material);
                let has_files = view.version.attachments.iter().any(|file| file.exhibit.is_some());
                material.next = (has_files && !view.version.state.is_gone()).then_some(JobKind::Read);
            }
            JobKind::Read => self.read(job, &view.version, &mut material)?,
            JobKind::Derive => self.read_again(job, &view, &mut material)?,
            JobKind::Translate => self.translate_job(job, &view, &mut material)?,
        }
        if job.kind != JobKind::Translate {
            self.attach_translations(&mut material, &view.readings)?;
        }
        self.pass(&[material])
    }

    /// Texts and hashes of the version and of each of its files.
    fn read(&self, job: &Job, version: &Version, material: &mut Material) -> DeskResult<()> {
        self.own_text(version, material);
        // What a capture of a page made shows its own text and pictures, which are read as such.
        let published = |file: &&Attachment| !file.url.as_ref().is_some_and(|url| url.starts_with(CAPTURE_FILE));
        for file in version.attachments.iter().filter(published) {
            self.read_file(job, file, material)?;
        }
        material.read_with = self.rooms.reader.made_with();
        Ok(())
    }

    /// The version's own text.
    fn own_text(&self, version: &Version, material: &mut Material) {
        match version.markup {
            Markup::Plain => {
                material.readings = derive::own_text(version.title.as_deref(), &version.text, version.state);
            }
            Markup::Html => {
                let read = self.rooms.reader.read_html(&version.text);
                material.problems.extend(read.problems);
                let text: Vec<String> = read.readings.into_iter().map(|reading| reading.text).collect();
                material.readings = derive::own_text(version.title.as_deref(), &text.join("\n\n"), version.state);
                for reading in &mut material.readings {
                    reading.kind = ReadingKind::Html;
                    reading.method = match self.rooms.reader.opener().flaw() {
                        None => "html text".to_owned(),
                        Some(_) => format!("html text {UNSANDBOXED}"),
                    };
                }
            }
        }
    }

    fn read_file(&self, job: &Job, file: &Attachment, material: &mut Material) -> DeskResult<()> {
        let Some(sha256) = file.exhibit else { return Ok(()) };
        let Some(bytes) = self.ports.blobs.get(sha256)? else {
            material.problems.push(format!("the bytes of `{}` are gone (erased, or the vault is damaged)", file.name));
            return Ok(());
        };
        let whole = FileToRead::new(&bytes).named(&file.name).said_to_be(file.media_type.as_deref());
        let read = self.rooms.reader.read_file(&whole, &Kept { desk: self, job: job.id, exhibit: sha256 });
        material.problems.extend(read.problems.into_iter().map(|problem| format!("{}: {problem}", file.name)));
        if let Some(image) = read.image {
            if image.quality < PDQ_QUALITY_MIN {
                material.problems.push(format!("{}: too little structure to be matched as an image", file.name));
            }
            material.images.push(ImageHash {
                attachment: file.id,
                pdq: image.pdq,
                quality: image.quality,
                width: image.width,
                height: image.height,
            });
        }
        material
            .readings
            .extend(read.readings.into_iter().map(|reading| Reading { attachment: Some(file.id), ..reading }));
        Ok(())
    }

    /// Derives again from what was read before; reads first what was not read with today's tools. Of that, slow parts that
    /// no changed tool touches are recalled.
    fn read_again(&self, job: &Job, view: &VersionView, material: &mut Material) -> DeskResult<()> {
        let has_files = view.version.attachments.iter().any(|file| file.exhibit.is_some());
        let is_current = !has_files || view.read_with == self.rooms.reader.made_with();
        if view.readings.is_empty() || !view.problems.is_empty() || !is_current {
            return self.read(job, &view.version, material);
        }
        material.readings = view.readings.clone();
        material.images = view.images.clone();
        material.problems = view.problems.clone();
        material.read_with = view.read_with.clone();
        Ok(())
    }
}

/// Parts of one exhibit that were read before, kept in the records. Each part that is done renews the claim of its job.
struct Kept<'a> {
    desk: &'a Desk,
    job: JobId,
    exhibit: Sha256,
}

impl Memo for Kept<'_> {
    fn recall(&self, key: &MemoKey) -> Option<Vec<Reading>> {
        self.desk.ports.records.recall_part(self.exhibit, key).unwrap_or_else(|error| {
            tracing::warn!(%error, part = key.part, "cannot look up what was read before");
            None
        })
    }

    fn keep(&self, key: &MemoKey, readings: &[Reading]) {
        let kept = self.desk.ports.records.keep_part(self.exhibit, key, readings);
        if let Err(error) = kept.and_then(|()| self.desk.ports.queue.renew(self.job, self.desk.now())) {
            tracing::warn!(%error, part = key.part, "cannot keep what was read");
        }
    }
}
