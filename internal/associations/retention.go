package associations

// What this package keeps, and for how long: the facts, members and bodies of an association are the authority's own records without
// personal data beyond a contact address at work. They are kept as long as the association's promises are public; an association
// that has ended keeps its page. Changes of the facts stay in the audit trail.
