"""Quiz of lesson 11."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "A uniform posterior on [0.1, 1.01] meets a uniform prior on [0, 1]. What is the KL?",
        (
            Option(
                "About ln(1 / 0.91) = 0.09 nats: nearly all of it lies inside.",
                "That is the formula for a posterior inside. One draw in a hundred lies where the prior has "
                "no density, and one infinite value makes the average infinite.",
            ),
            Option(
                "Infinite.",
                "Some draws land where p = 0. Each of them is infinitely surprising, and so is the average.",
                True,
            ),
            Option(
                "0, because the prior is wider.",
                "The prior's own width is 1, the posterior's 0.91: even inside, a narrower posterior costs something.",
            ),
        ),
    ),
    Question(
        "A Monte Carlo estimate of that KL, with 20 draws, says 0.09 nats. What happened?",
        (
            Option(
                "None of the 20 draws landed above 1.",
                "That happens four times out of five; one such draw would have made the estimate infinite.",
                True,
            ),
            Option(
                "The estimate is right, and the closed form exaggerates.",
                "The average exists only as +inf; draw on, and one draw will show it.",
            ),
            Option("The logarithm was clipped.", "Nothing was clipped: every draw that it saw had a finite value."),
        ),
    ),
    Question(
        "Three posteriors have mean 0 and standard deviation 1, and the prior is N(0, 1). Which costs nothing?",
        (
            Option(
                "All three: mean and standard deviation agree with the prior's.",
                "The KL compares densities, not two moments.",
            ),
            Option(
                "The Laplace one, because its peak is the highest.",
                "A peak where the prior has none costs: 0.072 nats.",
            ),
            Option(
                "The normal one.",
                "KL is 0 only for equal densities. Laplace costs 0.072 nats, uniform 0.176, for each latent.",
                True,
            ),
        ),
    ),
    Question(
        "Inside the prior's support, how does the KL of a uniform posterior pull on its middle?",
        (
            Option(
                "Not at all: only the width is priced.",
                "ln(prior width / width) does not contain the place. So nothing holds an interval back from the edge.",
                True,
            ),
            Option(
                "Towards the prior's middle, like a spring.",
                "That is the normal prior's pull. The uniform prior has the same density everywhere inside.",
            ),
            Option("Towards the nearer edge.", "No place inside is cheaper than another."),
        ),
    ),
    Question(
        "Report C's uniform model reaches 36 grey levels, its normal model 25. What follows about uniform posteriors?",
        (
            Option(
                "They are worse, for their noise never leaves its box.",
                "The two programs differ in more than the family: in the price, in the start, in whether "
                "the support can leave.",
            ),
            Option("They need more epochs.", "Perhaps, but nothing in these two numbers says so."),
            Option(
                "Little, until both are trained with a right KL and a like start.",
                "Change one thing at a time. This lesson's small runs do, and the gap all but closes.",
                True,
            ),
        ),
    ),
)
