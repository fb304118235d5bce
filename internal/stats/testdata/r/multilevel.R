# Logistic regression with a normal deviation for each stratum. Writes multilevel.csv.
# The integral over the deviation u is a sum over an even grid from -12 to 12, which for such functions is exact to the last digits (an integrate() of the
# first stratum is compared below); the likelihood is climbed by optim and then its score solved by Newton's method with a derivative by differences.
# Run as: Rscript multilevel.R
out <- data.frame(call = character(), input = character(), quantity = character(), value = character())
note <- function(input, quantity, value) out[nrow(out) + 1, ] <<- list("own logistic-normal", input, quantity, sprintf("%.17g", value))

u <- seq(-12, 12, length.out = 24001); h <- u[2] - u[1]
xlogy <- function(x, y) ifelse(x == 0, 0, x * log(y))
saturated <- function(k, n) xlogy(k, k / n) + xlogy(n - k, (n - k) / n)
density <- function(k, n, mu, sigma, at = u) { # of the counts and u together, less that of the counts by their own share
  eta <- mu + sigma * at
  exp(k * plogis(eta, log.p = TRUE) + (n - k) * plogis(-eta, log.p = TRUE) - saturated(k, n) - at^2 / 2) / sqrt(2 * pi)
}
likelihood <- function(t, s, x) {
  mu <- as.vector(x %*% t[-length(t)])
  sum(sapply(seq_along(s$k), function(i) log(h * sum(density(s$k[i], s$n[i], mu[i], t[length(t)])))))
}
score <- function(t, s, x) {
  mu <- as.vector(x %*% t[-length(t)]); sigma <- t[length(t)]
  g <- sapply(seq_along(s$k), function(i) {
    w <- density(s$k[i], s$n[i], mu[i], sigma); w <- w / sum(w)
    r <- s$k[i] - s$n[i] * plogis(mu[i] + sigma * u)
    c(sum(w * r), sum(w * r * u))
  })
  c(as.vector(crossprod(x, g[1, ])), sum(g[2, ]))
}
jacobian <- function(t, s, x) sapply(seq_along(t), function(j) { # of the score, by Richardson's extrapolation
  d <- function(e) (score(replace(t, j, t[j] + e), s, x) - score(replace(t, j, t[j] - e), s, x)) / (2 * e)
  (4 * d(1e-3) - d(2e-3)) / 3
})

sets <- list(
  wide = data.frame(k = c(0, 50, 3, 97, 10, 88, 1), n = c(20, 60, 100, 100, 90, 100, 1)),
  surgical = data.frame(k = c(0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24), n = c(47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360)),
  grounds = data.frame(k = c(31, 12, 9, 8, 34, 0, 12, 19, 2, 40, 15, 1), n = c(80, 41, 12, 90, 44, 9, 60, 25, 5, 160, 21, 3)))
designs <- list(wide = matrix(1, 7, 1), surgical = matrix(1, 12, 1), grounds = cbind(1, rep(0:1, 6), rep(rep(0:1, each = 2), 3), rep(c(0, 1, 0), each = 4), rep(c(0, 0, 1), each = 4)))
for (name in names(sets)) for (model in if (name != "grounds") "null" else c("null", "main")) {
  s <- sets[[name]]; x <- if (model == "null") matrix(1, nrow(s), 1) else designs[[name]]; P <- ncol(x)
  start <- c(coef(glm(cbind(s$k, s$n - s$k) ~ x - 1, family = binomial)), 0.4)
  t <- optim(start, function(t) -likelihood(t, s, x), function(t) -score(t, s, x), method = "L-BFGS-B", lower = c(rep(-10, P), 0.05), upper = c(rep(10, P), 6), control = list(factr = 10, maxit = 1000))$par
  for (i in 1:30) { step <- solve(jacobian(t, s, x), score(t, s, x)); t <- t - step; if (max(abs(step)) < 1e-14) break }
  V <- solve(-jacobian(t, s, x))
  sigma <- t[P + 1]; mu <- as.vector(x %*% t[1:P])
  check <- integrate(function(v) density(s$k[2], s$n[2], mu[2], sigma, v), -12, 12, rel.tol = 1e-12, subdivisions = 2000)$value
  cat(name, model, "sigma", sigma, "grid against integrate():", h * sum(density(s$k[2], s$n[2], mu[2], sigma)) / check - 1, "\n")
  input <- paste(model, paste(apply(cbind(s, x), 1, paste, collapse = " "), collapse = ","), sep = ":")
  for (j in 1:P) { note(input, paste0("estimate", j), t[j]); note(input, paste0("se", j), sqrt(V[j, j])) }
  note(input, "sigma", sigma)
  note(input, "partition", sigma^2 / (sigma^2 + pi^2 / 3))
  note(input, "likelihood", likelihood(t, s, x))
  for (i in seq_len(nrow(s))) {
    f <- density(s$k[i], s$n[i], mu[i], sigma); w <- f / sum(f); p <- plogis(mu[i] + sigma * u)
    note(input, paste0("p", i), sum(w * p))
    below <- function(a) { # by Simpson's rule with its own grid up to a
      g <- seq(-12, a, length.out = 20001)
      (g[2] - g[1]) / 3 * sum(c(1, rep(c(4, 2), 9999), 4, 1) * density(s$k[i], s$n[i], mu[i], sigma, g))
    }
    total <- h * sum(f); m <- sum(w * u)
    ql <- uniroot(function(a) below(a) / total - 0.025, c(-11, 11), tol = 1e-14)$root
    qh <- uniroot(function(a) below(a) / total - 0.975, c(-11, 11), tol = 1e-14)$root
    move <- c((sum(w * u^2) - m^2) * x[i, ], sum(w * u^3) - m * sum(w * u^2))
    se <- sqrt(as.vector(move %*% V %*% move)); z <- qnorm(0.975)
    note(input, paste0("low", i), plogis(mu[i] + sigma * m - sqrt((sigma * (m - ql))^2 + (z * se)^2)))
    note(input, paste0("high", i), plogis(mu[i] + sigma * m + sqrt((sigma * (qh - m))^2 + (z * se)^2)))
    note(input, paste0("deviation", i), sigma * m)
  }
}
con <- file("multilevel.csv", open = "wb")
writeLines(c("call,input,quantity,value", sprintf('"%s","%s",%s,%s', out$call, out$input, out$quantity, out$value)), con)
close(con)
