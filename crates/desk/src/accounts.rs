//! Who works here and what they did.

use vedette_core::{AuditEntry, User};

use crate::{Desk, DeskError, DeskResult, Role, Who};

impl Desk {
    /// The person behind a name: a listed user with their role. As long as nobody is listed, whoever sits at this
    /// machine is the administrator.
    pub fn who(&self, name: &str) -> DeskResult<Who> {
        let users = self.ports.records.users()?;
        if users.is_empty() {
            return Who::new(name, Role::Admin);
        }
        match users.iter().find(|user| user.name == name.trim()) {
            Some(user) => Who::new(&user.name, user.role.parse()?),
            None => Err(DeskError::Unusable(format!(
                "`{name}` is not a user of this workspace: name one of them with --as, or add one with `vedette user add`"
            ))),
        }
    }

    /// Adds a user or changes a role. The first user must be an administrator, or nobody could add the second.
    pub fn put_user(&self, who: &Who, name: &str, role: Role) -> DeskResult<()> {
        who.may(Role::Admin, "manage users")?;
        let new = Who::new(name, role)?;
        let mut admins: Vec<String> = self
            .ports
            .records
            .users()?
            .into_iter()
            .filter(|user| user.role == Role::Admin.word() && user.name != new.name())
            .map(|user| user.name)
            .collect();
        if role == Role::Admin {
            admins.push(new.name().to_owned());
        }
        if admins.is_empty() {
            return Err(DeskError::Unusable("one user must be an administrator: add that one first".to_owned()));
        }
        let user = User { name: new.name().to_owned(), role: role.word().to_owned(), added_at: self.now() };
        self.ports.records.put_user(&user)?;
        self.audit(who, "user", new.name(), role.word())
    }

    /// Removes a user; the last administrator stays.
    pub fn remove_user(&self, who: &Who, name: &str) -> DeskResult<()> {
        who.may(Role::Admin, "manage users")?;
        let users = self.ports.records.users()?;
        let others = users.iter().filter(|user| user.name != name);
        let is_last_admin = others.clone().all(|user| user.role != Role::Admin.word()) && others.count() > 0;
        if is_last_admin {
            return Err(DeskError::Unusable(format!("`{name}` is the last administrator and stays")));
        }
        self.ports.records.remove_user(name)?;
        self.audit(who, "user remove", name, "")
    }

    /// All users.
    pub fn users(&self) -> DeskResult<Vec<User>> {
        Ok(self.ports.records.users()?)
    }

    /// What was done, newest first.
    pub fn audit_trail(&self, limit: usize) -> DeskResult<Vec<AuditEntry>> {
        Ok(self.ports.records.audit_trail(limit)?)
    }
}
