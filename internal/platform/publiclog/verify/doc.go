// Package verify checks a public log from outside, by nothing but what it publishes: who signed it, that it only grew since it was seen last, that
// its entries are those that were signed, and who else has cosigned it. It trusts neither the server nor the network.
package verify
