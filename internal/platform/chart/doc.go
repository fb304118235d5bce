// Package chart draws the few pictures of data that Samklang shows: the year wheel, the month track, progress, parts of a whole, reach
// and the timeline. Each is a component (Render) and has a twin (Rows) with the same content for a table beside it.
//
// The drawings hold no colours and no styles of their own: classes are painted by web/style/chart.css, so that they follow dark mode,
// forced colours, print and a strict content security policy. What a state means is carried by pattern and shape, and colour helps.
// Lengths across are per cent and lengths down are rem in everything but the wheel and the marks, so that a chart fills its place on
// any screen while its text keeps the size of the text around it. Texts come translated from the caller.
package chart
