"""Quiz of lesson 02."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "A VAE gets ten more latents, and for every image they stay exactly at the prior (mu = 0, logvar "
        "= 0). What happens to the KL per image?",
        (
            Option("It grows by 10 nats.", "Each new latent would have to cost 1 nat. At the prior it costs nothing."),
            Option(
                "It shrinks, because the KL is an average over latents.",
                "It is a sum over latents. An average would shrink, and would no longer be the KL.",
            ),
            Option(
                "Nothing: each of them adds 0.",
                "The KL of independent latents is the sum of their KLs, and at the prior each is 0.",
                True,
            ),
        ),
    ),
    Question(
        "A Monte Carlo estimate of the same KL, from 10 draws, is -0.3. What do you conclude?",
        (
            Option(
                "Nothing yet: look at its standard error.",
                "Single values of ln q - ln p are often negative; only their average over q is not. With "
                "10 draws an average can still dip below 0.",
                True,
            ),
            Option(
                "The code is wrong, since KL is never negative.",
                "That holds for the expectation. An estimate scatters around it and may fall below zero.",
            ),
            Option(
                "The draws came from p instead of q.", "Possible, but one small negative estimate does not show it."
            ),
        ),
    ),
    Question(
        "An encoder outputs logvar = -2 for a latent. What is sigma?",
        (
            Option("exp(-2) = 0.135", "That is the variance sigma^2 = exp(logvar). Take its root."),
            Option("exp(-1) = 0.368", "sigma = exp(logvar / 2): half of -2 is -1.", True),
            Option("-2", "A standard deviation is positive; logvar is its logarithm, doubled."),
        ),
    ),
    Question(
        "ln p(x) = ELBO + KL(q || posterior). You improve q and the ELBO rises by 2 nats. What happened to ln p(x)?",
        (
            Option("It rose by 2 nats.", "ln p(x) belongs to the model; q does not appear in it."),
            Option(
                "Nothing: the gap shrank by 2 nats.",
                "q only moves the border between ELBO and gap. Changing the decoder would move ln p(x).",
                True,
            ),
            Option("It fell by 2 nats.", "ln p(x) does not depend on q at all."),
        ),
    ),
    Question(
        "With one latent, the bound rises from -2.34 (K = 1) to -2.03 (K = 100) and is still rising. What is likely?",
        (
            Option(
                "q is too wide.",
                "A wide q draws everywhere the posterior is, so a few samples repair it: its curve "
                "flattens early, near ln p(x).",
            ),
            Option(
                "q is too narrow.",
                "It rarely draws where the posterior still has mass. Each of the rare hits lifts the "
                "bound a little, so it climbs slowly for long.",
                True,
            ),
            Option("The decoder is still learning.", "Nothing is trained here: only the number of samples changed."),
        ),
    ),
)
