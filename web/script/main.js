// Small helps on top of pages that work without them. A module is loaded after the page, so everything is there.
import { focusErrors } from "./errors.js";
import { counters } from "./counter.js";
import { calendars } from "./calendar.js";
import { keepText } from "./unsaved.js";
import { crossMarks } from "./review.js";
import { closeMenus } from "./menu.js";

document.documentElement.classList.add("js");
focusErrors();
counters();
calendars();
keepText();
crossMarks();
closeMenus();
