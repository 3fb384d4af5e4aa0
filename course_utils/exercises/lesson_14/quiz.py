"""Quiz of lesson 14."""

from course_utils.quizzes import Option, Question

QUESTIONS = (
    Question(
        "Model X has one run at 95.0 nats, model Y one run at 99.0. How many of the ways to deal out these two runs "
        "have a gap of four nats?",
        (
            Option(
                "One of two: the other way gives the opposite gap.",
                "The opposite gap is as large. Of either sign, four nats are four nats.",
            ),
            Option(
                "Both: so the gap cannot say whether the models matter.",
                "Swap the labels, and the gap is as large. One run each always ends like that.",
                True,
            ),
            Option(
                "None, since four nats are more than seeds usually bring.",
                "How much seeds bring must be measured, and takes several runs of one model.",
            ),
        ),
    ),
    Question(
        "A page prints BCE 60.0, KL 20.0, 80.0 nats, and a bound of 44.0 with 5,000 draws, on images with a floor of "
        "44.8. What do you say?",
        (
            Option(
                "The bound is impossible, whatever the number of draws.",
                "No image is likelier than exp of minus its entropy under any code, so no average over codes is.",
                True,
            ),
            Option(
                "With so many draws, the bound may fall as far as it likes.",
                "It comes down to -ln p(x), and that stays above the floor.",
            ),
            Option(
                "The bound is below the BCE, which is impossible.",
                "Below the BCE is possible: -ELBO and the floor are what hold it.",
            ),
        ),
    ),
    Question(
        "A file passes all six questions of section 4. What is shown?",
        (
            Option(
                "Its numbers are right.",
                "ln K forgotten, half a KL, another model's weights: all of these can pass.",
            ),
            Option(
                "Its numbers were chosen on validation.",
                "The kept epoch fits the validation curve that was handed in; nobody has computed that curve again.",
            ),
            Option(
                "Its numbers could belong to some model.",
                "Whether they belong to this one, the weights have to say.",
                True,
            ),
        ),
    ),
    Question(
        "Three seeds with 20 latents lie at 91.7 to 92.0 nats, three with 10 at 92.1 to 93.9. Which sentence is "
        "confirmed by the rule of all pairs?",
        (
            Option(
                "20 latents cost at least a nat less.",
                "The nearest pair is 0.1 nats apart: for a whole nat the pairs disagree, so it is undecided.",
            ),
            Option(
                "20 latents cost less.",
                "Every run of one lies below every run of the other, if only just: confirmed with least = 0.",
                True,
            ),
            Option(
                "10 and 20 latents are alike.",
                "That would be the claim that no pair is a nat apart, and some are nearly two.",
            ),
        ),
    ),
)
