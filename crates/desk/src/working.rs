//! Work that waits: files and HTML are opened in the sandbox, then the version passes the other stages. A job that fails
//! is tried again with back-off, then parked where a person sees it; it is never dropped.

use jiff::SignedDuration;
use vedette_core::limits::{JOB_TRIES_MAX, PDQ_QUALITY_MIN};
use vedette_core::{Attachment, ImageHash, Job, JobKind, Markup, Reading, ReadingKind, Version, VersionView};

use vedette_read::{FileToRead, NoMemo};

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
    /// Queues every version to be derived again with today's tools and register; how many.
    pub fn derive_again(&self, who: &Who) -> DeskResult<u64> {
        who.may(Role::Analyst, "have everything read again")?;
        let queued = self.ports.records.requeue_all()?;
        self.audit(who, "derive again", "all", &format!("{queued} versions"))?;
        Ok(queued)
    }

    /// Does one waiting job; `false` when none is due.
    pub fn work_one(&self, work: &mut Work) -> DeskResult<bool> {
        let Some(job) = self.ports.queue.claim(self.now())? else { return Ok(false) };
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
                            if !self.work_one(&mut work)? {
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
            JobKind::Read => self.read(&view.version, &mut material)?,
            JobKind::Derive => self.read_again(&view, &mut material)?,
        }
        self.pass(&[material])
    }

    /// Texts and hashes of the version and of each of its files.
    fn read(&self, version: &Version, material: &mut Material) -> DeskResult<()> {
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
                    reading.method = "html text".to_owned();
                }
            }
        }
        for file in &version.attachments {
            self.read_file(file, material)?;
        }
        Ok(())
    }

    fn read_file(&self, file: &Attachment, material: &mut Material) -> DeskResult<()> {
        let Some(sha256) = file.exhibit else { return Ok(()) };
        let Some(bytes) = self.ports.blobs.get(sha256)? else {
            material.problems.push(format!("the bytes of `{}` are gone (erased, or the vault is damaged)", file.name));
            return Ok(());
        };
        let whole = FileToRead::new(&bytes).named(&file.name).said_to_be(file.media_type.as_deref());
        let read = self.rooms.reader.read_file(&whole, &NoMemo);
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

    /// Derives again from what was read before; reads first where nothing was.
    fn read_again(&self, view: &VersionView, material: &mut Material) -> DeskResult<()> {
        // What had a problem may be read better now: a tool was installed, a limit raised.
        let unread = view.readings.is_empty() && view.images.is_empty() || !view.problems.is_empty();
        if unread || view.readings.iter().all(|reading| reading.attachment.is_none()) {
            return self.read(&view.version, material);
        }
        material.readings = view.readings.clone();
        material.images = view.images.clone();
        material.problems = view.problems.clone();
        Ok(())
    }
}
