// Package accounts knows the people at work: who they are, which roles they have in which associations and for how long, and how
// they prove who they are. Nobody has a password. A person logs in with a passkey (WebAuthn) or with a code that is sent by e-mail
// and works once.
//
// It holds no participants and no visitors: a person is here because an association or the administrator of the installation gave
// her a task (offentlighets- och sekretesslagen and the general data protection regulation, article 6.1 e). What is kept of her is
// her name and address at work, her language, her roles with their days, and the devices she is logged in on.
package accounts
