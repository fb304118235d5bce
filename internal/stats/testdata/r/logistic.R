# Logistic regression: glm and Firth's correction. Writes logistic.csv, and the data that it makes to data/.
# Run as: Rscript logistic.R
out <- data.frame(call = character(), input = character(), quantity = character(), value = character())
note <- function(call, input, quantity, value) out[nrow(out) + 1, ] <<- list(call, input, quantity, sprintf("%.17g", value))

# The generator of Park and Miller (1988), which is the same in every language: x' = 16807 x mod 2^31-1, a share of 2^31-1.
lcg <- function(seed, n) {
  x <- seed; u <- numeric(n)
  for (i in seq_len(n)) { x <- (16807 * x) %% 2147483647; u[i] <- x / 2147483647 }
  u
}
# Rows of: 1, two dummies of a three-way factor, a dummy, two shares, their product; and whether the event happened.
rows <- function(seed, n, beta) {
  u <- matrix(lcg(seed, 5 * n), n, 5, byrow = TRUE)
  x <- cbind(1, u[, 1] >= 0.3 & u[, 1] < 0.7, u[, 1] >= 0.7, u[, 2] < 0.45, u[, 3], u[, 4], u[, 3] * u[, 4])
  p <- 1 / (1 + exp(-as.vector(x %*% beta)))
  data.frame(k = as.integer(u[, 5] < p), n = 1, x)
}
beta <- c(-1.5, 0.4, -0.7, 0.25, 1.1, -0.6, 0.8)

dir.create("data", showWarnings = FALSE)
sets <- list()
berkeley <- read.table(text = "512 825 1 1\n353 560 1 2\n120 325 1 3\n138 417 1 4\n53 191 1 5\n22 373 1 6\n89 108 0 1\n17 25 0 2\n202 593 0 3\n131 375 0 4\n94 393 0 5\n24 341 0 6")
sets$berkeley <- data.frame(k = berkeley$V1, n = berkeley$V2, 1, berkeley$V3, sapply(2:6, function(d) as.integer(berkeley$V4 == d)))
sets$rows <- rows(11, 600, beta)
years <- 2015:2025
sets$years <- data.frame(k = c(31, 40, 38, 52, 49, 61, 58, 77, 70, 81, 90), n = c(210, 214, 190, 240, 222, 230, 219, 260, 241, 255, 250), 1, years)
sets$large <- data.frame(k = c(120345, 98765, 4300021, 12, 730001, 5500000), n = c(1000000, 900000, 9999999, 4000000, 800000, 9000000), 1, c(0, 1, 0, 1, 0, 1), c(0.5, 1.5, 2.5, -14, 7.25, 3.5))
for (name in names(sets)) {
  colnames(sets[[name]]) <- c("k", "n", paste0("x", seq_len(ncol(sets[[name]]) - 2)))
  con <- file(paste0("data/", name, ".csv"), open = "wb")
  write.csv(format(sets[[name]], digits = 17, trim = TRUE), con, row.names = FALSE, quote = FALSE)
  close(con)
}
sets$big <- rows(2026, 200000, beta) # the test makes it again
colnames(sets$big) <- c("k", "n", paste0("x", 1:7))
for (name in names(sets)) {
  s <- sets[[name]]; x <- as.matrix(s[, -(1:2)])
  time <- system.time(m <- suppressWarnings(glm(cbind(s$k, s$n - s$k) ~ x - 1, family = binomial, control = glm.control(epsilon = 1e-15, maxit = 100))))
  if (name == "big") cat("glm of", nrow(s), "rows and", ncol(x), "coefficients:", time[["elapsed"]], "s\n")
  c0 <- summary(m)$coefficients
  for (j in seq_len(ncol(x))) {
    note("glm(epsilon=1e-15)", name, paste0("estimate", j), c0[j, 1])
    note("glm(epsilon=1e-15)", name, paste0("se", j), c0[j, 2])
    note("glm(epsilon=1e-15)", name, paste0("z", j), c0[j, 3])
    if (c0[j, 4] > 1e-300) note("glm(epsilon=1e-15)", name, paste0("p", j), c0[j, 4])
    for (i in seq_len(j)) note("glm(epsilon=1e-15)", name, paste0("cov", j, i), vcov(m)[j, i])
  }
  note("glm(epsilon=1e-15)", name, "deviance", deviance(m))
  note("glm(epsilon=1e-15)", name, "df", df.residual(m))
  m0 <- glm(cbind(s$k, s$n - s$k) ~ 1, family = binomial, control = glm.control(epsilon = 1e-15, maxit = 100))
  note("glm(epsilon=1e-15)", name, "null", deviance(m0))
}

# --- Firth's correction: the score is solved by Newton's method with a derivative by differences ----------------------------------------------------
penalized <- function(b, k, n, x) {
  p <- plogis(as.vector(x %*% b)); q <- plogis(-as.vector(x %*% b))
  sum(k * log(p) + (n - k) * log(q)) + determinant(crossprod(x * sqrt(n * p * q)))$modulus[[1]] / 2
}
score <- function(b, k, n, x) {
  p <- plogis(as.vector(x %*% b)); w <- n * p * (1 - p)
  h <- rowSums(qr.Q(qr(x * sqrt(w)))^2)
  as.vector(crossprod(x, k - n * p + h * (0.5 - p)))
}
newton <- function(b, f, value) {
  if (length(b) == 0) return(b)
  b <- optim(b, function(b) -value(b), function(b) -f(b), method = "BFGS", control = list(reltol = 1e-14, maxit = 1000))$par
  for (i in 1:100) {
    J <- sapply(seq_along(b), function(j) { e <- replace(numeric(length(b)), j, 1e-5); (f(b + e) - f(b - e)) / 2e-5 })
    step <- solve(J, f(b))
    step <- step / max(1, max(abs(step)))
    b <- b - step
    if (max(abs(step)) < 1e-14) break
  }
  b
}
firth <- list(
  divided = data.frame(k = c(0, 3, 7, 5), n = c(8, 9, 7, 11), 1, c(0, 1, 0, 1), c(0, 0, 1, 1)),
  empty = data.frame(k = c(0, 6), n = c(10, 12), 1, c(0, 1)),
  rows = sets$rows[1:60, c("k", "n", "x1", "x2", "x3", "x5")],
  berkeley = sets$berkeley)
for (name in names(firth)) {
  s <- firth[[name]]; k <- s$k; n <- s$n; x <- unname(as.matrix(s[, -(1:2)])); P <- ncol(x)
  b <- newton(rep(0, P), function(b) score(b, k, n, x), function(b) penalized(b, k, n, x))
  w <- n * plogis(as.vector(x %*% b)) * plogis(-as.vector(x %*% b))
  se <- sqrt(diag(chol2inv(qr.R(qr(x * sqrt(w))))))
  top <- penalized(b, k, n, x)
  name <- if (name %in% names(sets)) if (name == "rows") "rows60" else name else paste(apply(s, 1, paste, collapse = " "), collapse = ",")
  for (j in seq_len(P)) {
    profile <- function(at) { # what the likelihood loses when this coefficient is held
      o <- newton(b[-j], function(o) score(append(o, at, j - 1), k, n, x)[-j], function(o) penalized(append(o, at, j - 1), k, n, x))
      2 * (top - penalized(append(o, at, j - 1), k, n, x))
    }
    side <- function(sign) uniroot(function(d) profile(b[j] + sign * d) - qchisq(0.95, 1), c(0.2, 12) * se[j], tol = 1e-13)$root
    note("own firth", name, paste0("estimate", j), b[j])
    note("own firth", name, paste0("se", j), se[j])
    note("own firth", name, paste0("low", j), b[j] - side(-1))
    note("own firth", name, paste0("high", j), b[j] + side(1))
    note("own firth", name, paste0("p", j), pchisq(profile(0), 1, lower.tail = FALSE))
  }
  note("own firth", name, "likelihood", top)
}

con <- file("logistic.csv", open = "wb")
writeLines(c("call,input,quantity,value", sprintf('"%s","%s",%s,%s', out$call, out$input, out$quantity, out$value)), con)
close(con)
