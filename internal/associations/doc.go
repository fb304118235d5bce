// Package associations keeps what a coordination association (samordningsförbund) is: its name, address on the web, organisation
// number and seat; its members – Försäkringskassan, Arbetsförmedlingen, at least one region and one municipality (lag 2003:1210
// om finansiell samordning, 4 §) – and its bodies: board, preparatory group, office, auditors. Members join and leave and bodies
// change names, so everything carries the days from which and until which it holds, and nothing is removed.
//
// The association is the tenant of the program: what belongs to one is never seen as another's.
package associations
