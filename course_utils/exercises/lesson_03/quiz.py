"""Quiz of lesson 03."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "Somebody writes z = torch.normal(mu, sigma) in a VAE. The loss is computed from z and the KL "
        "from mu and sigma. What happens in training?",
        (
            Option(
                "An error, because torch.normal cannot be used with gradients.",
                "No error: that is what makes it hard to find.",
            ),
            Option(
                "The encoder learns only from the KL, so its codes drift to the prior.",
                "No gradient of the reconstruction reaches mu and sigma through the draw. Only the KL "
                "term still pulls, towards the prior.",
                True,
            ),
            Option(
                "Nothing unusual; it is the same distribution.",
                "The draws are the same, but their connection to mu and sigma is cut.",
            ),
        ),
    ),
    Question(
        "z = mu + exp(logvar) * eps trains without an error. What is wrong?",
        (
            Option("eps should be uniform.", "For a normal code eps is normal."),
            Option("Nothing.", "exp(logvar) is the variance. A standard deviation is needed."),
            Option(
                "Draw and KL speak of different distributions.",
                "The noise has standard deviation sigma^2 where the KL assumes sigma = exp(logvar / 2). "
                "With two different q, the sum is no ELBO.",
                True,
            ),
        ),
    ),
    Question(
        "Why may a baseline be subtracted in the score-function estimator without biasing it?",
        (
            Option(
                "Because the score has mean zero.",
                "E[b * score] = b * E[score] = 0 for any b that does not depend on the draw.",
                True,
            ),
            Option("Because the baseline is small.", "It may be any size; only the variance depends on it."),
            Option("Because f is quadratic.", "It holds for every f: f does not appear in the argument."),
        ),
    ),
    Question(
        "A score-function estimate has variance 222, the pathwise one 4. How many draws does the score "
        "function need for the pathwise error of 10 draws?",
        (
            Option(
                "About 75: the root of 222/4 times 10.",
                "Errors go with the root of the number of draws, so variances divide by the number itself.",
            ),
            Option("About 555.", "Variance of a mean is variance / draws: 222 / 555 = 4 / 10.", True),
            Option("About 2,220.", "The ratio that counts is 222/4."),
        ),
    ),
    Question(
        "f(z) is 1 where a classifier calls the decoded picture a 7, and 0 elsewhere. Which estimator of "
        "the gradient can be used?",
        (
            Option(
                "The pathwise one, because z = mu + sigma * eps is differentiable.",
                "The draw is differentiable, but f is not: its slope is 0 wherever it exists, so every estimate is 0.",
            ),
            Option(
                "Neither, because f has jumps.",
                "The average of f is smooth in mu, although f is not: its gradient exists.",
            ),
            Option(
                "The score function, because it needs only values of f.",
                "Only ln q is differentiated. It is noisy, and it is right on average.",
                True,
            ),
        ),
    ),
)
