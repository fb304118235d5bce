// Package publiclog keeps the installation's public log: an append-only Merkle tree (RFC 6962) of everything the associations have promised,
// decided and published, so that anybody can prove that nothing of it was rewritten – also not by whoever has the server.
//
// An operation enters what it did as facts, in its own transaction (Enter). A sequencer gives them their numbers soon afterwards and signs the
// tree (C2SP tlog-checkpoint); the tree is served as tiles (C2SP tlog-tiles), other installations may cosign it (C2SP tlog-witness and
// tlog-cosignature), and a proof that one entry is in it is a file (C2SP tlog-proof).
//
// The log holds the words of boards and the states that follow from evidence and calendar. What individuals write freely, and who they are, is
// there as a salted hash alone: with the salt, which lies beside the log, it proves what was written; without it, it says nothing. Destroying a
// salt is how the authority erases (GDPR art. 17) what cannot be removed from a log.
package publiclog
