// Package accountweb is the public account: what every visitor may read of what associations promised, what they did and what is
// late. It shows what is public to everybody alike; a person with a role in the association reads the rest at her desk. The order of
// every page is the same: where am I, what is this, how does it stand, what can I do, everything else – and what is owed comes first.
package accountweb
