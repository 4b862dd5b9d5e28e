//! `user` and `audit`.

use crate::cli::UserCommand;
use crate::commands::{Context, time};
use crate::io::{Failure, Io};

/// `vedette user …`.
pub fn user(command: UserCommand, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    let Context { desk, who, .. } = context;
    match command {
        UserCommand::Add { name, role } => desk.put_user(who, &name, role.parse()?)?,
        UserCommand::Remove { name } => desk.remove_user(who, &name)?,
        UserCommand::List { json } => {
            for user in desk.users()? {
                if json {
                    io.json(&user)?;
                } else {
                    io.line(format!("{} ({}) since {}", user.name, user.role, time(user.added_at)))?;
                }
            }
        }
    }
    Ok(0)
}

/// `vedette audit`.
pub fn audit(limit: usize, json: bool, context: &Context<'_>, io: &mut Io) -> Result<u8, Failure> {
    for entry in context.desk.audit_trail(limit)? {
        if json {
            io.json(&entry)?;
        } else {
            io.line(format!("{} {} {} {} {}", time(entry.at), entry.by, entry.action, entry.object, entry.detail))?;
        }
    }
    Ok(0)
}
