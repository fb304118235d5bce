// Package accessibility answers for how people with disabilities can use the program. The act on accessibility of digital public service
// (lag 2018:1937) asks each association for a statement: whether the service is wholly, partly or not compliant, every fault and its reason,
// how and when it was assessed, and a way to tell of what does not work. Here the statement follows by rule from three sources: what the
// browser tests found (results.json, made by `make accessibility`), what is known besides (faults.json), and what visitors have told and the
// association has decided on. What visitors tell becomes a task with a last day for the answer.
package accessibility
