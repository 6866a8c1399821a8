package webidl

// GlobalScope is the text of the error for what needs an invocation and finds none, as workerd words it.
const GlobalScope = "Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or connect()), setting a timeout, " +
	"and generating random values are not allowed within global scope. To fix this error, perform this operation within a handler."
