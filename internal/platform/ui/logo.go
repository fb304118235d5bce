package ui

// favicon is the logo as an address of its own, so that it costs no request.
const favicon = "data:image/svg+xml," +
	"%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke-width='4' stroke-linecap='round'%3E" +
	"%3Crect width='32' height='32' rx='7' fill='%2314493c'/%3E" +
	"%3Cg transform='matrix(.8 0 0 .8 3.2 3.2)'%3E" +
	"%3Cpath d='M10.5 27.5C10 18.5 12 10.5 17 3.5' stroke='%23e6a92e'/%3E" +
	"%3Cpath d='M10.5 27.5C14 20.5 19.5 14.5 26.5 10.5' stroke='%238fc3ab'/%3E" +
	"%3Cpath d='M3.5 19l7 8.5c5.5-3.5 12-5.5 18.5-6' stroke='%23fff' stroke-linejoin='round'/%3E%3C/g%3E%3C/svg%3E"
