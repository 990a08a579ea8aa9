"""One-way constraint propagation with strengths: polymorphic methods on small objects."""

REQUIRED, STRONG, NORMAL, WEAK = range(4)


class Variable:
    def __init__(self, value):
        self.value = value
        self.constraints = []
        self.by = None
        self.mark = 0
        self.strength = WEAK + 1
        self.stay = True


class Constraint:
    def __init__(self, planner, strength, *variables):
        self.strength = strength
        self.variables = variables
        self.output = None
        for v in variables:
            v.constraints.append(self)
        planner.incremental_add(self)

    def inputs(self):
        return [v for v in self.variables if v is not self.output]

    def weakest_output(self):
        return max((v for v in self.candidates()), key=lambda v: v.strength)

    def candidates(self):
        return self.variables

    def satisfy(self, mark, planner):
        target = self.weakest_output_unmarked(mark)
        if target is None:
            assert self.strength != REQUIRED, "cannot satisfy a required constraint"
            return None
        self.output = target
        for v in self.inputs():
            v.mark = mark
        old = target.by
        if old is not None:
            old.output = None
        target.by = self
        planner.propagate(self, mark)
        target.mark = mark
        return old

    def weakest_output_unmarked(self, mark):
        best = None
        for v in self.candidates():
            if v.mark != mark and v.strength > self.strength and (best is None or v.strength > best.strength):
                best = v
        return best

    def recalculate(self):
        out = self.output
        weakest = self.strength
        stay = True
        for v in self.inputs():
            if v.strength > weakest:
                weakest = v.strength
            stay = stay and v.stay
        out.strength = weakest
        out.stay = stay and self.is_stay()
        if out.stay:
            self.execute()

    def is_stay(self):
        return True

    def execute(self):
        pass


class Edit(Constraint):
    def is_stay(self):
        return False


class Stay(Constraint):
    pass


class Equal(Constraint):
    def execute(self):
        a, b = self.variables
        if self.output is b:
            b.value = a.value
        else:
            a.value = b.value


class Scale(Constraint):
    factor, offset = 10, 1000

    def candidates(self):
        return self.variables

    def execute(self):
        source, target = self.variables
        if self.output is target:
            target.value = source.value * self.factor + self.offset
        else:
            source.value = (target.value - self.offset) // self.factor


class Planner:
    def __init__(self):
        self.mark = 0

    def incremental_add(self, constraint):
        self.mark += 1
        overridden = constraint.satisfy(self.mark, self)
        while overridden is not None:
            overridden = overridden.satisfy(self.mark, self)

    def propagate(self, constraint, mark):
        todo = [constraint]
        while todo:
            c = todo.pop()
            if c.output.mark == mark:
                continue
            c.recalculate()
            for other in c.output.constraints:
                if other is not c and other.output is not None and c.output is not other.output:
                    todo.append(other)

    def plan(self, edits):
        todo, plan = list(edits), []
        seen = set()
        while todo:
            c = todo.pop()
            if id(c) in seen:
                continue
            seen.add(id(c))
            plan.append(c)
            todo.extend(
                o
                for o in c.output.constraints
                if o.output is not None and o is not o.output and o.output is not c.output
            )
        return plan


def chain(n):
    planner = Planner()
    variables = [Variable(0) for _ in range(n + 1)]
    for a, b in zip(variables, variables[1:]):
        Equal(planner, REQUIRED, a, b)
    Stay(planner, NORMAL, variables[-1])
    edit = Edit(planner, STRONG, variables[0])
    plan = planner.plan([edit])
    for i in range(100):
        variables[0].value = i
        for c in plan:
            c.execute()
        assert variables[-1].value == i
    return len(plan)


def projection(n):
    planner = Planner()
    total = 0
    for i in range(n):
        source, target = Variable(i), Variable(i)
        Stay(planner, NORMAL, source)
        scale = Scale(planner, REQUIRED, source, target)
        scale.execute()
        total += target.value
    return total


for _ in range(3):
    assert chain(500) == 501
    assert projection(12000) == 10 * 12000 * 11999 // 2 + 12_000_000
