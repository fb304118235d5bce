package ui

// favicon is the logo as an address of its own, so that it costs no request.
const favicon = "data:image/svg+xml," +
	"%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke-width='4' stroke-linecap='round' stroke-linejoin='round'%3E" +
	"%3Crect width='32' height='32' rx='7' fill='%230d332a'/%3E" +
	"%3Cg transform='matrix(.82 0 0 .82 2.9 3.4)'%3E" +
	"%3Cpath d='M3.2 17L10.8 27Q16.5 14.5 28.2 7' stroke='%23fff'/%3E" +
	"%3Cpath d='M10.6 16.8Q11.6 9.4 16 3.6' stroke='%23e6a92e'/%3E" +
	"%3Cpath d='M19.6 23.2Q24 20.2 29 19.4' stroke='%239bcdb6'/%3E%3C/g%3E%3C/svg%3E"
