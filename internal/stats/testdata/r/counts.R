# Proportions, comparisons, strata, multiple testing and funnels. Writes counts.csv: what was computed, from what, which quantity, its value.
# Run as: Rscript counts.R
out <- data.frame(call = character(), input = character(), quantity = character(), value = character())
note <- function(call, input, ...) {
  values <- list(...)
  for (q in names(values)) out[nrow(out) + 1, ] <<- list(call, input, q, sprintf("%.17g", values[[q]]))
}
join <- function(...) paste(..., sep = " ")

# --- one proportion -------------------------------------------------------------------------------------------------------------------------------
midp <- function(k, n, tail) {
  root <- function(f) { # in the logit, so that small and large shares are found with all their digits
    plogis(uniroot(function(l) f(plogis(l)), c(-40, 40), tol = 1e-15, maxiter = 10000)$root)
  }
  c(if (k == 0) 0 else root(function(p) pbinom(k, n, p, lower.tail = FALSE) + dbinom(k, n, p) / 2 - tail),
    if (k == n) 1 else root(function(p) pbinom(k - 1, n, p) + dbinom(k, n, p) / 2 - tail))
}
for (x in list(c(7, 20), c(0, 20), c(1, 29), c(15, 148), c(81, 263), c(20, 20), c(999, 1000), c(3, 100000), c(123456, 1000000), c(1, 10000000), c(4999999, 10000000), c(9999990, 10000000)))
  for (confidence in c(0.95, 0.998)) {
    input <- join(x[1], x[2], confidence)
    w <- suppressWarnings(prop.test(x[1], x[2], conf.level = confidence, correct = FALSE))$conf.int
    note("prop.test(correct=FALSE)", input, low = w[1], high = w[2])
    e <- binom.test(x[1], x[2], conf.level = confidence)$conf.int
    note("binom.test", input, low = e[1], high = e[2])
    m <- midp(x[1], x[2], (1 - confidence) / 2)
    note("own midp", input, low = m[1], high = m[2])
  }

# --- two proportions ------------------------------------------------------------------------------------------------------------------------------
newcombe <- function(x1, n1, x2, n2, confidence) {
  w <- function(x, n) suppressWarnings(prop.test(x, n, conf.level = confidence, correct = FALSE))$conf.int
  a <- w(x1, n1); b <- w(x2, n2); p <- x1 / n1; q <- x2 / n2; d <- p - q
  c(d, d - sqrt((p - a[1])^2 + (b[2] - q)^2), d + sqrt((a[2] - p)^2 + (q - b[1])^2))
}
bounds <- function(value, f, limit) { # f falls from +limit to -limit over the logarithm of a ratio
  at <- function(target) exp(uniroot(function(l) f(exp(l)) - target, log(value) + c(-5, 5), tol = 1e-15, maxiter = 10000)$root)
  c(at(limit), at(-limit))
}
koopman <- function(x1, n1, x2, n2, confidence) bounds((x1 / n1) / (x2 / n2), function(r) {
  A <- (n1 + n2) * r; B <- n1 * r + x1 + n2 + x2 * r; C <- x1 + x2
  q <- (B - sqrt(B^2 - 4 * A * C)) / (2 * A); p <- r * q
  (x1 / n1 - r * x2 / n2) / sqrt(p * (1 - p) / n1 + r^2 * q * (1 - q) / n2)
}, qnorm(1 - (1 - confidence) / 2))
cornfield <- function(x1, n1, x2, n2, confidence) bounds(x1 * (n2 - x2) / (x2 * (n1 - x1)), function(r) {
  m <- x1 + x2; A <- r - 1; B <- r * (n1 + m) + n2 - m; C <- r * m * n1
  e <- 2 * C / (B + sqrt(B^2 - 4 * A * C))
  (x1 - e) / sqrt(1 / (1 / e + 1 / (n1 - e) + 1 / (m - e) + 1 / (n2 - m + e)))
}, qnorm(1 - (1 - confidence) / 2))
for (x in list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 3, 29), c(36, 40, 16, 80), c(1198, 2691, 557, 1835), c(31, 100, 45, 100), c(120, 5000, 9000, 200000), c(2345678, 9000000, 3456789, 10000000)))
  for (confidence in c(0.9, 0.95)) {
    input <- join(x[1], x[2], x[3], x[4], confidence)
    d <- newcombe(x[1], x[2], x[3], x[4], confidence)
    note("own newcombe", input, value = d[1], low = d[2], high = d[3])
    r <- koopman(x[1], x[2], x[3], x[4], confidence)
    note("own koopman", input, value = (x[1] / x[2]) / (x[3] / x[4]), low = r[1], high = r[2])
    o <- cornfield(x[1], x[2], x[3], x[4], confidence)
    note("own cornfield", input, value = x[1] * (x[4] - x[3]) / (x[3] * (x[2] - x[1])), low = o[1], high = o[2])
  }

for (x in list(c(0.31, 0.45), c(0.05, 0.02), c(0.5, 0.9))) for (power in c(0.8, 0.95))
  note("power.prop.test", join(x[1], x[2], power), n = power.prop.test(p1 = x[1], p2 = x[2], power = power, sig.level = 0.05, tol = 1e-14)$n)

# --- strata ---------------------------------------------------------------------------------------------------------------------------------------
# Each stratum is events and people of the group, events and people of the reference.
strata <- list(
  berkeley = "512 825 89 108,353 560 17 25,120 325 202 593,138 417 131 375,53 191 94 393,22 373 24 341",
  stones = "81 87 234 270,192 263 55 80",
  one = "31 100 45 100",
  sparse = "1 2 0 1,0 1 1 3,2 2 1 4,1 5 1 1,0 3 2 2,3 4 1 2",
  zero = "0 12 3 20,4 30 5 28,2 9 0 11",
  large = "2345678 9000000 3456789 10000000,100 5000000 321 4000000,7654321 8000000 6543210 9000000")
for (name in names(strata)) {
  s <- t(sapply(strsplit(strsplit(strata[[name]], ",")[[1]], " "), as.numeric))
  if (length(s) == 4) s <- matrix(s, 1)
  a <- s[, 1]; b <- s[, 2] - a; c <- s[, 3]; d <- s[, 4] - c; n <- a + b + c + d; n1 <- a + b; n2 <- c + d
  z <- qnorm(0.975)
  if (nrow(s) > 1) {
    tab <- array(rbind(a, b, c, d), c(2, 2, nrow(s)))
    m <- mantelhaen.test(tab, correct = FALSE); k <- mantelhaen.test(tab, correct = TRUE)
    note("mantelhaen.test", strata[[name]], or = m$estimate[[1]], orlow = m$conf.int[1], orhigh = m$conf.int[2],
      chi2 = m$statistic[[1]], p = m$p.value, corrected = k$statistic[[1]], pcorrected = k$p.value)
  }
  rr <- sum(a * n2 / n) / sum(c * n1 / n)
  v <- sum(((a + c) * n1 * n2 - a * c * n) / n^2) / (sum(a * n2 / n) * sum(c * n1 / n))
  note("own risk ratio of Greenland and Robins", strata[[name]], value = rr, low = rr * exp(-z * sqrt(v)), high = rr * exp(z * sqrt(v)))
  w <- n1 * n2 / n; rd <- sum((a * n2 - c * n1) / n) / sum(w)
  sato <- (rd * sum((n1^2 * c - n2^2 * a + n1 * n2 * (n2 - n1) / 2) / n^2) + sum((a * (n2 - c) + c * (n1 - a)) / (2 * n))) / sum(w)^2
  gr <- sum((a * b * n2^3 + c * d * n1^3) / (n1 * n2 * n^2)) / sum(w)^2
  note("own risk difference of Sato", strata[[name]], value = rd, low = rd - z * sqrt(sato), high = rd + z * sqrt(sato))
  note("own risk difference of Greenland and Robins", strata[[name]], value = rd, low = rd - z * sqrt(gr), high = rd + z * sqrt(gr))
  ex <- n1 * (a + c) / n
  note("own mantel-fleiss", strata[[name]], least = min(sum(ex - pmax(0, a + c - n2)), sum(pmin(n1, a + c) - ex)))
  keep <- (a + c > 0) & (b + d > 0)
  psi <- sum(a * d / n) / sum(b * c / n)
  chi <- 0; off <- 0; vs <- 0
  for (i in which(keep)) {
    f <- function(e) e * (n2[i] - a[i] - c[i] + e) - psi * (n1[i] - e) * (a[i] + c[i] - e)
    lo <- max(0, a[i] + c[i] - n2[i]); hi <- min(n1[i], a[i] + c[i])
    e <- uniroot(f, c(lo, hi), tol = 1e-16, maxiter = 100000)$root
    va <- 1 / (1 / e + 1 / (n1[i] - e) + 1 / (a[i] + c[i] - e) + 1 / (n2[i] - a[i] - c[i] + e))
    chi <- chi + (a[i] - e)^2 / va; off <- off + a[i] - e; vs <- vs + va
  }
  df <- sum(keep) - 1
  add <- if (any((a * b * c * d)[keep] == 0)) 0.5 else 0
  l <- log((a + add) * (d + add) / ((b + add) * (c + add)))[keep]
  wt <- (1 / (1 / (a + add) + 1 / (b + add) + 1 / (c + add) + 1 / (d + add)))[keep]
  wo <- sum(wt * (l - weighted.mean(l, wt))^2)
  if (df > 0) note("own homogeneity", strata[[name]], df = df, woolf = wo, pwoolf = pchisq(wo, df, lower.tail = FALSE),
    breslowday = chi, pbreslowday = pchisq(chi, df, lower.tail = FALSE), tarone = chi - off^2 / vs, ptarone = pchisq(chi - off^2 / vs, df, lower.tail = FALSE))
}

# --- several tests --------------------------------------------------------------------------------------------------------------------------------
for (p in list(c(.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1), c(0.04, 0.01, 0.04, 0.3, 0.01, 0), c(0.5), c(0.9, 0.8, 1, 0.05))) {
  q <- p.adjust(p, "BH")
  for (i in seq_along(p)) do.call(note, c(list("p.adjust(BH)", paste(p, collapse = " ")), setNames(list(q[i]), i)))
}

# --- funnels --------------------------------------------------------------------------------------------------------------------------------------
funnel <- function(theta, n, q) { # Spiegelhalter (2005), appendix A.1.1
  r <- qbinom(q, n, theta)
  (r - (pbinom(r, n, theta) - q) / (pbinom(r, n, theta) - pbinom(r - 1, n, theta))) / n
}
for (theta in c(0.05, 0.3, 0.62, 0.97)) for (n in c(4, 25, 200, 1500, 100000, 10000000)) for (confidence in c(0.95, 0.998)) {
  low <- funnel(theta, n, (1 - confidence) / 2); high <- funnel(theta, n, 1 - (1 - confidence) / 2)
  note("own funnel with qbinom, pbinom", join(theta, n, confidence), low = min(max(low, 0), theta), high = max(min(high, 1), theta))
}
units <- rbind(c(12, 40), c(30, 61), c(5, 55), c(44, 80), c(18, 70), c(21, 33), c(9, 90), c(61, 120), c(2, 19), c(37, 75), c(14, 64), c(50, 66))
for (theta in c(0.25, 0.4)) {
  z <- sort((units[, 1] / units[, 2] - theta) / sqrt(theta * (1 - theta) / units[, 2]))
  cut <- length(z) %/% 10
  z <- pmin(pmax(z, z[cut + 1]), z[length(z) - cut])
  note("own dispersion", join(theta, paste(t(units), collapse = " ")), phi = mean(z^2))
}

# --- chi-square -----------------------------------------------------------------------------------------------------------------------------------
for (df in c(1, 2, 3, 10, 51, 1000, 9999)) for (x in c(0.001, 0.5, 1, 2, 10) * df)
  if (pchisq(x, df, lower.tail = FALSE) > 1e-300) note("pchisq(lower.tail=FALSE)", join(sprintf("%.17g", x), df), p = pchisq(x, df, lower.tail = FALSE))

con <- file("counts.csv", open = "wb")
writeLines(c("call,input,quantity,value", sprintf('"%s","%s",%s,%s', out$call, out$input, out$quantity, out$value)), con)
close(con)
