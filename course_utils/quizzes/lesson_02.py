"""Quiz of lesson 02."""

from . import Option, Question

QUESTIONS = (
    Question("A training log shows a KL term of -0.3 nats per image, computed in closed form. What do you conclude?", (
        Option("The posterior is slightly better than the prior.", "There is no better than equal: at q = p the KL is 0, its least value."),
        Option("The formula or its code is wrong.",
               "KL is never negative, whatever q and p are. A closed form below zero (beyond rounding) has a lost sign or term.", True),
        Option("The learning rate is too high.", "A learning rate can make q strange, but no q has a negative KL."),
    )),
    Question("A Monte Carlo estimate of the same KL, from 10 draws, is -0.3. What do you conclude?", (
        Option("Nothing yet: look at its standard error.",
               "Single values of ln q - ln p are often negative; only their average over q is not. With 10 draws an average can still dip below 0.", True),
        Option("The code is wrong, since KL is never negative.",
               "That holds for the expectation. An estimate scatters around it and may fall below zero."),
        Option("The draws came from p instead of q.", "Possible, but one small negative estimate does not show it."),
    )),
    Question("An encoder outputs logvar = -2 for a latent. What is sigma?", (
        Option("exp(-2) = 0.135", "That is the variance sigma^2 = exp(logvar). Take its root."),
        Option("exp(-1) = 0.368", "sigma = exp(logvar / 2): half of -2 is -1.", True),
        Option("-2", "A standard deviation is positive; logvar is its logarithm, doubled."),
    )),
    Question("ln p(x) = ELBO + KL(q || posterior). You improve q and the ELBO rises by 2 nats. What happened to ln p(x)?", (
        Option("It rose by 2 nats.", "ln p(x) belongs to the model; q does not appear in it."),
        Option("Nothing: the gap shrank by 2 nats.", "q only moves the border between ELBO and gap. Changing the decoder would move ln p(x).", True),
        Option("It fell by 2 nats.", "ln p(x) does not depend on q at all."),
    )),
    Question("Two models: A has a better ELBO, B a better IWAE bound with K = 500. Which has the better ln p(x)?", (
        Option("A, because the ELBO is what was trained.", "The ELBO also contains the gap of q. A better q can hide a worse model."),
        Option("More likely B: with many samples the gap of q shrinks.",
               "Both are lower bounds; the K = 500 bound depends far less on how good q is. It is still a bound, so more likely, not certainly.", True),
        Option("They cannot be compared with bounds at all.", "Bounds carry information; the tighter one carries more."),
    )),
)
