//! The words of `vedette campaign` and `vedette register`: what people hold together, and what the desk knows.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub enum CampaignCommand {
    /// Accepted ones, and what is suggested
    List {
        #[arg(long)]
        json: bool,
    },
    /// One campaign (k3), or the suggestion that holds an item (i12)
    Show {
        id: String,
        #[arg(long)]
        json: bool,
    },
    /// Makes a campaign of a suggestion, or of the items that are named
    #[command(
        after_help = "Examples:\n  vedette campaign accept i12 --name 'Posters against the Cup'\n  vedette campaign accept i12 --into k3\n  \
        vedette campaign accept i12 i31 i40 --only --name 'These three'"
    )]
    Accept {
        /// An item of the suggestion
        #[arg(required = true)]
        items: Vec<String>,
        /// What people call it [default: what its items say of it]
        #[arg(long, default_value = "")]
        name: String,
        /// The campaign that the items join
        #[arg(long, value_name = "ID", conflicts_with = "name")]
        into: Option<String>,
        /// Just the items named, not the suggestions that hold them
        #[arg(long)]
        only: bool,
    },
    /// Says that a suggestion is no campaign: it comes back when five new items belong to it, or as many as it had if that is fewer
    Dismiss {
        /// An item of the suggestion
        item: String,
        /// Why
        #[arg(long)]
        reason: String,
    },
    /// Other campaigns become part of one
    Merge {
        /// Which goes on
        into: String,
        /// Which end
        #[arg(required = true)]
        from: Vec<String>,
    },
    /// Items leave a campaign and become one of their own
    Split {
        /// Which they leave
        from: String,
        /// The items
        #[arg(required = true)]
        items: Vec<String>,
        /// What people call the new one
        #[arg(long)]
        name: String,
    },
    /// Brings back exactly what was there before the newest act on campaigns
    Undo {
        /// Only when this act is still the newest
        #[arg(long, value_name = "NUMBER")]
        act: Option<u64>,
    },
}
